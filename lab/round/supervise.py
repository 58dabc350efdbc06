"""What a round's supervisor does: it opens the round, and stays until it is over.

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
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from lab.engines import open_engine
from lab.engines.base import Engine
from lab.round.choice import choose
from lab.round.control import ControlServer
from lab.round.folder import Folder, create
from lab.round.operations import Operations
from lab.round.round import Round

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def tell(message: Mapping[str, Any]) -> None:
    """One line to the command that waits; it may have gone."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(json.dumps(message, default=str) + "\n")
        sys.stdout.flush()


def _progress(what: str) -> None:
    tell({"progress": what})


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


async def supervise(request: Mapping[str, Any], prepared: Mapping[str, Any]) -> None:
    """Open the round that was asked for, on an engine that was prepared, and stay.

    Raises:
        LabError: when it could not be opened.
        asyncio.CancelledError: when it was interrupted before it was open.
    """
    loop = asyncio.get_running_loop()
    me = asyncio.current_task()
    assert me is not None
    waiting = asyncio.create_task(_orphaned())
    waiting.add_done_callback(lambda task: None if task.cancelled() else me.cancel())
    for number in _SIGNALS:
        loop.add_signal_handler(number, me.cancel)
    try:
        async with open_engine(
            request["engine"], link_server=request.get("link_server"), progress=_progress, **prepared
        ) as engine:
            asked = choose(request, engine)
            folder = create(asked.scenario.codename)
            with folder.attend():
                await _attend(Round(asked, folder, _progress), folder, engine, waiting)
    finally:
        waiting.cancel()


async def _attend(round_: Round, folder: Folder, engine: Engine, waiting: asyncio.Task[None]) -> None:
    """Stay with a round until it is over. `waiting` ends when the command that wanted it dies before it is open."""
    gone = asyncio.Event()
    operations = Operations(round_)

    async def opened(start: Mapping[str, Any]) -> None:
        await control.enter_async_context(ControlServer(folder.control, handle))
        control.callback(gone.set)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        for number in _SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, round_.stop)
        tell({"opened": start})
        _detach(folder)

    async def handle(op: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if op != "stop":
            return await operations.handle(op, params)
        round_.stop()
        await gone.wait()
        return {"round": folder.name, "left": await round_.run.stack.left_behind()}

    async with AsyncExitStack() as control:
        await round_.live(engine, opened)
