"""A small HTTP/1.1 server: enough for a control API, and hard to upset."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus

from lab.toxiproxy.request import ARRIVE, BadRequest, NotSent, Request, read_request

_LOG = logging.getLogger(__name__)

IDLE = 60.0
"""Seconds for the next request of a connection to begin, as the real server has it."""

SEND = 30.0
"""Seconds for the client to take an answer."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. `type` None is no Content-Type."""

    status: int
    body: bytes = b""
    type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Awaitable[Response]]


class HttpServer:
    """Serves one handler on every connection that is handed to `serve`."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection until it ends; for `asyncio.start_server`."""
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            await self._converse(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone, or too slow, or the server goes
        finally:
            del self._open[task]
            writer.close()

    async def close(self) -> None:
        """End every connection."""
        tasks = list(self._open)
        for writer in self._open.values():
            writer.transport.abort()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._handler(request)
        except Exception:  # a defect; the server goes on
            _LOG.exception("%s %s failed", request.method, request.target)
            return Response(500)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wait, keep = ARRIVE, True
        while keep:
            try:
                request, keep = await read_request(reader, writer, wait)
            except BadRequest as bad:
                text = f"{bad.status} {HTTPStatus(bad.status).phrase}{bad}"
                await _send(writer, Response(bad.status, text.encode(), "text/plain; charset=utf-8"), False, False)
                return
            except NotSent:
                await _send(writer, Response(503), False, False)
                return
            if request is None:
                return
            response = await self._answer(request)
            await _send(writer, response, keep, request.method == "HEAD")
            wait = IDLE


async def _send(writer: asyncio.StreamWriter, response: Response, keep: bool, head_only: bool) -> None:
    lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
    if response.type:
        lines.append(f"Content-Type: {response.type}")
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    lines.append(f"Date: {formatdate(usegmt=True)}")
    if response.status != HTTPStatus.NO_CONTENT:
        lines.append(f"Content-Length: {len(response.body)}")
    if not keep:
        lines.append("Connection: close")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    writer.write(head if head_only else head + response.body)
    async with asyncio.timeout(SEND):
        await writer.drain()
