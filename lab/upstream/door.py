"""The door: where connections come in, and which of them may stay."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

BACKLOG = 128
"""Connections that wait to be accepted, at most."""

Guard = Callable[[asyncio.Transport], bool]
"""Whether a connection that was just accepted may stay. One that may not was ended by the guard."""


class Door:
    """Where an application listens.

    Attributes:
        listener: the socket; None before the door was opened.
        guard: asked about every connection; None: all may stay.
    """

    def __init__(self) -> None:
        self.listener: socket.socket | None = None
        self.guard: Guard | None = None
        self._server: asyncio.Server | None = None

    async def open(self, listener: socket.socket, application: Callable[[], asyncio.Protocol]) -> None:
        """Accept connections for an application, which makes a protocol for each."""
        self.listener = listener
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Threshold(self, application), sock=listener, backlog=BACKLOG)


class _Threshold(asyncio.Protocol):
    """A connection until it is known whether it may stay."""

    def __init__(self, door: Door, application: Callable[[], asyncio.Protocol]) -> None:
        self._door = door
        self._application = application

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if self._door.guard is None or self._door.guard(transport):
            protocol = self._application()
            transport.set_protocol(protocol)
            protocol.connection_made(transport)
