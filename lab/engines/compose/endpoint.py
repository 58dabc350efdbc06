"""Where the Docker engine of this machine listens, and whether it may be used."""

from __future__ import annotations

import json
import os
import socket
from contextlib import suppress
from pathlib import Path

from lab.errors import LabError

USUAL = "unix:///var/run/docker.sock"

INSTALL = "install Docker Engine (Debian, Ubuntu: `apt-get install docker.io`), or leave --engine out."


def address() -> str:
    """Where the engine is to be found, by what the `docker` command goes by: DOCKER_HOST, then the context."""
    if host := os.environ.get("DOCKER_HOST"):
        return host
    with suppress(Exception):  # a configuration that is not understood is as none
        if (name := os.environ.get("DOCKER_CONTEXT") or _context()) not in ("", "default"):
            from docker.context import ContextAPI  # the SDK takes 0.2 s to import, and most have no context

            context = ContextAPI.get_context(name)
            return str(context.Host).replace("http+unix://", "unix://") if context else USUAL
    return USUAL


def _context() -> str:
    """The context that the user has chosen for all commands; empty where none was."""
    folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    return str(json.loads((folder / "config.json").read_text(encoding="utf-8")).get("currentContext", ""))


def reach(host: str) -> None:
    """See that somebody listens who may be used.

    Raises:
        LabError: when not.
    """
    if not host.startswith("unix://"):
        raise LabError(
            f"Docker is at {host}, which may be another machine; a round's containers write into folders of this one.",
            "Unset DOCKER_HOST (or `docker context use default`), or leave --engine out.",
        )
    path = "/" + host.removeprefix("unix://").lstrip("/")
    try:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(5)
            sock.connect(path)
    except PermissionError:
        raise LabError(
            f"You may not use the Docker engine: {path} is not yours.",
            "Have yourself added to the group docker (`sudo usermod -aG docker $USER`) and log in again.",
        ) from None
    except (FileNotFoundError, ConnectionRefusedError):
        raise LabError(
            f"No Docker engine answers at {path}.",
            f"Start it (`sudo systemctl start docker`). If there is none: {INSTALL}",
        ) from None
    except OSError as error:
        raise LabError(f"The Docker engine at {path} can't be reached: {error}.", "See what it logs.") from None
