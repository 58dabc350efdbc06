"""An upload that nobody reads."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

from aiohttp import web
from aiohttp.typedefs import Handler

from lab.upstream.faults.base import Application, Fault
from lab.upstream.faults.params import Params

_BUFFER = 4096
"""Bytes that the kernel keeps for whoever does not read."""
_SEGMENT = 1448
"""Bytes of a segment: those of an Ethernet. On a loopback, where they are 64 kB, the sender's kernel takes megabytes at
once, and no upload that the shop allows would ever be stuck."""

_PATIENCE = 120.0
"""Seconds after which a connection is given up; otherwise all descriptors of the process would go in the end."""


class StopReading(Fault):
    """`route`: the head of its requests is read, and of the body nothing more."""

    name = "stop-reading"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.choice("route", application.routes)
        self._front = application.front
        self._door = application.door
        self._room = 0
        self._over = asyncio.Event()

    def put_in(self) -> None:
        """New connections have little room, and the reading stops."""
        if listener := self._door.listener:
            self._room = listener.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
            _set(listener, _BUFFER, _SEGMENT)
        self._front.middleware = self._unread

    def taken_out(self) -> None:
        """What waits is read."""
        self._over.set()
        self._front.middleware = None
        if self._door.listener and self._room:
            # What is read there is twice what was set (socket(7)).
            _set(self._door.listener, self._room // 2, 0)

    @web.middleware
    async def _unread(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        transport = request.transport
        if request.match_info.route.name == self._route and isinstance(transport, asyncio.Transport):
            transport.pause_reading()
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await self._over.wait()
            if self._over.is_set():
                transport.resume_reading()
            else:
                transport.abort()
        return await handler(request)


def _set(listener: socket.socket, room: int, segment: int) -> None:
    """For connections to come: bytes that may lie unread, and bytes of a segment (0: as large as can be)."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
