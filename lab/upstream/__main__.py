"""`python -m lab.upstream`: one application as the only program of a container, told what it is by its environment.

Each field of `Settings` is the variable `UPSTREAM_` and its name in capitals; `UPSTREAM_FAULTS` is JSON. An empty
variable counts as absent. `UPSTREAM_LISTEN` and `UPSTREAM_ADMIN` are the two addresses, as HOST:PORT.

`python -m lab.upstream -` is told by one line on its standard input instead: JSON with the fields of `Settings`, and
`listen` and `admin`. So nothing that is secret stands in an environment or a file.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
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
    "busy_timeout": float,
    "query_limit": float,
    "environment": json.loads,
    "faults": json.loads,
}
"""How the text of a field becomes its value; the others stay text."""

_ADDRESSES = {"listen", "admin"}

_BACKLOG = 511


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


def listening(text: str, what: str) -> socket.socket:
    """A socket that listens on an address.

    Args:
        text: HOST:PORT.
        what: where that was given, for messages.

    Raises:
        ValueError: when it isn't HOST:PORT.
        OSError: when the address can't be had.
    """
    host, _, port = text.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError(f"{what} is HOST:PORT, not {text!r}")
    return socket.create_server((host, int(port)), backlog=_BACKLOG)


def told(line: str) -> dict[str, Any]:
    """The settings that a line of standard input has.

    Raises:
        ValueError: when it is no JSON object.
    """
    try:
        given = json.loads(line)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ValueError("standard input has no line with a JSON object")
    return given


def main(arguments: Sequence[str]) -> int:
    """Serve until SIGTERM; 2 and one line on stderr when what it is told is not possible."""
    try:
        if arguments == ["-"]:
            given = told(sys.stdin.readline())
            places = {name: given.pop(name, "") for name in _ADDRESSES}
        elif not arguments:
            given = settings(os.environ)
            places = {name: os.environ.get(PREFIX + name.upper(), "") for name in _ADDRESSES}
        else:
            raise ValueError(f"there is no argument but `-`, not {' '.join(arguments)}")
        if log := given.get("log"):
            Path(log).parent.mkdir(parents=True, exist_ok=True)
        sockets = {name: listening(str(place), PREFIX + name.upper()) for name, place in sorted(places.items())}
        serve(given, sockets["listen"], sockets["admin"])
    except (OSError, ValueError) as error:
        print(f"upstream: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
