"""`python -m lab.upstream`: one application as the only program of a container, told what it is by its environment.

Each field of `Settings` is the variable `UPSTREAM_` and its name in capitals; `UPSTREAM_FAULTS` is JSON. An empty
variable counts as absent. `UPSTREAM_LISTEN` and `UPSTREAM_ADMIN` are the two addresses, as HOST:PORT.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from lab.upstream.serve import serve
from lab.upstream.settings import Settings

PREFIX = "UPSTREAM_"

_READ: dict[str, Callable[[str], Any]] = {
    "seed": int,
    "pool_size": int,
    "pool_timeout": float,
    "query_time": float,
    "payments_timeout": float,
    "faults": json.loads,
}
"""How the text of a field becomes its value; the others stay text."""

_ADDRESSES = {"listen", "admin"}


def settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """The fields of `Settings` that the environment has.

    Raises:
        ValueError: names the variable that nothing here reads, or whose value can't be read.
    """
    given = {name.removeprefix(PREFIX).lower(): text for name, text in environment.items() if name.startswith(PREFIX)}
    if unknown := sorted(set(given) - {field.name for field in fields(Settings)} - _ADDRESSES):
        raise ValueError(f"there is no setting for {', '.join(PREFIX + name.upper() for name in unknown)}")
    found = {}
    for name, text in given.items():
        if text and name not in _ADDRESSES:
            try:
                found[name] = _READ.get(name, str)(text)
            except ValueError as error:
                raise ValueError(f"{PREFIX}{name.upper()}={text} can't be read: {error}") from error
    return found


def listen(environment: Mapping[str, str], name: str) -> socket.socket:
    """A socket that listens on the address in `UPSTREAM_` and the name.

    Raises:
        ValueError: when there is no such variable, or it isn't HOST:PORT.
        OSError: when the address can't be had.
    """
    text = environment.get(PREFIX + name, "")
    host, _, port = text.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError(f"{PREFIX}{name} is HOST:PORT, not {text!r}")
    return socket.create_server((host, int(port)))


def main() -> int:
    """Serve until SIGTERM; 2 and one line on stderr when what the environment says is not possible."""
    try:
        given = settings(os.environ)
        if log := given.get("log"):
            Path(log).parent.mkdir(parents=True, exist_ok=True)
        serve(given, listen(os.environ, "LISTEN"), listen(os.environ, "ADMIN"))
    except (OSError, ValueError) as error:
        print(f"upstream: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
