"""The supervisor's control socket: one JSON line in, one JSON line out, in the round's folder."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab.errors import LabError

Handler = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]

LIMIT = 1024 * 1024
"""Bytes of one request or answer."""

FINISH = 2.0
"""Seconds in which calls under way are answered when the server ends."""


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name of at most 108 bytes for a socket, however deep its folder is (a kernel's limit for unix sockets)."""
    if len(os.fsencode(path)) < 100 or not sys.platform.startswith("linux"):
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class ControlServer:
    """Listens on a socket in the round's folder and answers each line with what `handle` returns, or its error.

    Args:
        path: the socket; it is made with mode 0600.
        handle: does an operation.
    """

    def __init__(self, path: Path, handle: Handler) -> None:
        self._path = path
        self._handle = handle
        self._calls: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server

    async def __aenter__(self) -> ControlServer:
        listener = socket.socket(socket.AF_UNIX)
        with short_path(self._path) as name:
            before = os.umask(0o177)
            try:
                listener.bind(name)
            finally:
                os.umask(before)
        self._server = await asyncio.start_unix_server(self._call, sock=listener, limit=LIMIT)
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Accept no more, and let those that were asked finish their answers for a moment."""
        self._server.close()
        self._path.unlink(missing_ok=True)
        if self._calls:
            await asyncio.wait(self._calls, timeout=FINISH)

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        assert me is not None
        self._calls.add(me)
        try:
            line = await asyncio.wait_for(reader.readline(), 10)
            if line:
                writer.write(json.dumps(await _answer(self._handle, line), default=str).encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError, TimeoutError):
            pass  # the caller went away, or sent no line; there is nobody to tell
        finally:
            writer.close()
            self._calls.discard(me)


async def _answer(handle: Handler, line: bytes) -> Mapping[str, Any]:
    try:
        request = json.loads(line)
        op, params = str(request["op"]), dict(request.get("params", {}))
    except (KeyError, TypeError, ValueError):
        return _error(LabError("The round was asked something that it cannot read.", "Update the lab.", code=3))
    try:
        return {"ok": await handle(op, params)}
    except LabError as error:
        return _error(error)
    except Exception:  # a defect: the round goes on, its log has the traceback
        traceback.print_exc()
        return _error(LabError("The round met a defect of the lab.", "See supervisor.log in its folder.", code=3))


def _error(error: LabError) -> Mapping[str, Any]:
    return {"error": {"what": error.what, "cure": error.cure, "code": error.code}}


def call(path: Path, op: str, params: Mapping[str, Any], *, timeout: float) -> dict[str, Any]:
    """Ask the supervisor behind `path`; blocking.

    Raises:
        LabError: what the supervisor answered with.
        OSError: when nobody answers.
    """
    with socket.socket(socket.AF_UNIX) as caller, short_path(path) as name:
        caller.settimeout(timeout)
        caller.connect(name)
        caller.sendall(json.dumps({"op": op, "params": dict(params)}).encode() + b"\n")
        with caller.makefile("rb") as stream:
            line = stream.readline()
    if not line:
        raise ConnectionResetError("the supervisor hung up")
    answer = json.loads(line)
    if error := answer.get("error"):
        raise LabError(error["what"], error["cure"], code=error["code"])
    result: dict[str, Any] = answer["ok"]
    return result
