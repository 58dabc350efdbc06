"""What a machine needs to run rounds, and how to get what is missing."""

from __future__ import annotations

import asyncio
import contextlib
import platform
import resource
import shutil
import socket
import sys
import tempfile
from typing import Any

from lab.engines.process.nginx import find
from lab.errors import LabError
from lab.paths import home
from lab.round.client import list_rounds
from lab.round.folder import ROOM
from lab.round.leftovers import containers, marked

OLDEST_PYTHON = (3, 11)
DESCRIPTORS = 512
"""What the processes of one round have open at most, with room."""


def checks() -> list[dict[str, Any]]:
    """The contract's doctor objects: `{check, ok, found, cure}`; `cure` is empty where all is well."""
    return [_python(), _nginx(), _compose(), _addresses(), _descriptors(), _folder(), _space(), _leftovers()]


def _check(check: str, ok: bool, found: str, cure: str) -> dict[str, Any]:
    return {"check": check, "ok": ok, "found": found, "cure": "" if ok else cure}


def _python() -> dict[str, Any]:
    ok = sys.version_info >= OLDEST_PYTHON
    return _check("python", ok, platform.python_version(), "Use Python 3.11 or newer.")


def _nginx() -> dict[str, Any]:
    try:
        nginx = asyncio.run(find())
    except LabError as error:
        return _check("nginx", False, error.what, error.cure)
    return _check("nginx", True, f"{'.'.join(map(str, nginx.version))} at {nginx.path}", "")


def _compose() -> dict[str, Any]:
    """What the compose engine would run on. Whoever does not want it lacks nothing."""
    try:
        there = asyncio.run(_opened_compose())
    except LabError as error:
        return _check("compose", True, f"not on this machine, only `--engine compose` needs it. {error}", "")
    return _check("compose", True, there, "")


async def _opened_compose() -> str:
    from lab.engines.compose.engine import ComposeEngine

    async with ComposeEngine() as engine:
        return await engine.found()


def _addresses() -> dict[str, Any]:
    """Whether a round can have an address of its own; elsewhere than on Linux it takes ports of 127.0.0.1."""
    address = "127.77.254.10" if sys.platform.startswith("linux") else "127.0.0.1"
    try:
        with socket.socket() as sock:
            sock.bind((address, 0))
    except OSError as error:
        return _check(
            "addresses", False, f"{address}: {error.strerror}", "Allow binding to 127.0.0.0/8 on this machine."
        )
    return _check("addresses", True, f"{address} can be bound", "")


def _descriptors() -> dict[str, Any]:
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = most == resource.RLIM_INFINITY
    found = "no limit" if unlimited else f"{most} a process"
    return _check("descriptors", unlimited or most >= DESCRIPTORS, found, f"Run `ulimit -n {2 * DESCRIPTORS}` first.")


def _folder() -> dict[str, Any]:
    place = home()
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place):
            pass
    except OSError as error:
        return _check("home", False, f"{place}: {error.strerror}", "Set LAB_HOME to a folder that you can write.")
    return _check("home", True, f"{place} can be written", "")


def _space() -> dict[str, Any]:
    free = 0
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(home()).free
    cure = "Free some space, or set LAB_HOME to a folder on another disk."
    return _check("space", free >= ROOM, f"{free // 2**20} MiB free, a round needs {ROOM // 2**20}", cure)


def _leftovers() -> dict[str, Any]:
    """Processes and containers of rounds that lost their supervisor, and those rounds' folders."""
    counts = {"processes": len(marked(None)), "containers and networks": len(containers()), "folders": 0}
    with contextlib.suppress(OSError):  # a home that cannot be read is said by its own check
        counts["folders"] = sum(bool(one.get("died")) for one in list_rounds())
    there = [f"{n} {what}" for what, n in counts.items() if n]
    found = f"{', '.join(there)} of dead rounds" if there else "none"
    return _check("leftovers", not there, found, "Run `lab stop --all`.")
