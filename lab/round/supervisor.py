"""The process that a round belongs to. It outlives the command that started it.

It is spoken to over its standard input and output while the round opens: one line with the request comes in, lines
with progress go out, then one with the opened round or the error. If standard input ends before the round is open,
the command that wanted it has died, and everything is taken down. Afterwards the control socket is the only way in.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from lab.engines import open_engine
from lab.engines.base import Engine
from lab.errors import LabError
from lab.round.choice import wish
from lab.round.control import serve
from lab.round.folder import Folder, create
from lab.round.round import Round

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def _tell(message: Mapping[str, Any]) -> None:
    """One line to the command that waits; it may have gone."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(json.dumps(message, default=str) + "\n")
        sys.stdout.flush()


async def _orphaned() -> None:
    """Return when standard input ends: the command that wanted the round has died."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    try:
        while await reader.read(4096):
            pass
    finally:
        transport.close()


def _detach(folder: Folder) -> None:
    """From now on standard output and error go to the round's own log."""
    log = os.open(folder.path / "supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.close(null)


async def _supervise(request: Mapping[str, Any]) -> None:
    loop = asyncio.get_running_loop()
    me = asyncio.current_task()
    assert me is not None
    waiting = asyncio.create_task(_orphaned())
    waiting.add_done_callback(lambda task: None if task.cancelled() else me.cancel())
    for number in _SIGNALS:
        loop.add_signal_handler(number, me.cancel)
    try:
        async with open_engine(str(request.get("engine") or "process")) as engine:
            asked = wish(request, engine)
            folder = create(asked.scenario.codename)
            with folder.attend():
                await _attend(Round(asked, folder, lambda what: _tell({"progress": what})), folder, engine, waiting)
    finally:
        waiting.cancel()


async def _attend(round_: Round, folder: Folder, engine: Engine, waiting: asyncio.Task[None]) -> None:
    """Stay with a round until it is over. `waiting` ends when the command that wanted it dies before it is open."""
    server: asyncio.Server | None = None
    gone = asyncio.Event()

    async def opened(start: Mapping[str, Any]) -> None:
        nonlocal server
        server = await serve(folder.control, handle)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        for number in _SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, round_.stop)
        _tell({"opened": start})
        _detach(folder)

    async def handle(op: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if op != "stop":
            return await round_.handle(op, params)
        round_.stop()
        await gone.wait()
        return {"round": folder.name, "left": await round_.run.stack.left_behind()}

    try:
        await round_.live(engine, opened)
    finally:
        gone.set()
        if server is not None:
            server.close()
            await server.wait_closed()
        folder.control.unlink(missing_ok=True)


def main() -> int:
    """Read the request, open the round, and stay until it is over."""
    request = json.loads(sys.stdin.readline())
    try:
        asyncio.run(_supervise(request))
    except LabError as error:
        _tell({"error": {"what": error.what, "cure": error.cure, "code": error.code}})
        return error.code
    except (asyncio.CancelledError, KeyboardInterrupt):
        _tell({"error": {"what": "The round was interrupted while it opened.", "cure": "Start it again.", "code": 130}})
        return 130
    except Exception:  # a defect: the command shows where its traceback is
        _tell({"defect": traceback.format_exc()})
        traceback.print_exc()
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
