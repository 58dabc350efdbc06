"""What the faults on the wire share: an answer whose bytes take another way out than the framework's."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct
import sys
import termios
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import SERVER_SOFTWARE

_POLL = 0.005


class Wire:
    """The connection of one request, and the good answer that it would have got.

    Attributes:
        transport: the connection's.
        body: of the answer.
    """

    def __init__(self, request: web.BaseRequest, answer: web.StreamResponse, body: bytes) -> None:
        if request.transport is None:
            raise ConnectionResetError("nobody is there any more")
        self.transport = request.transport
        self.body = body
        self._answer = answer

    def head(self, further: Mapping[str, str] | None = None) -> bytes:
        """The answer's status line and header, with the length of the body, or what is `further` in its place."""
        lines = [f"HTTP/1.1 {self._answer.status} {self._answer.reason}"]
        lines += [f"{name}: {value}" for name, value in self._answer.headers.items()]
        framing = {"Content-Length": str(len(self.body))} if further is None else further
        always = {"Date": formatdate(usegmt=True), "Server": SERVER_SOFTWARE}
        lines += [f"{name}: {value}" for name, value in {**framing, **always}.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    @property
    def gone(self) -> bool:
        """Whether the connection is over."""
        return self.transport.is_closing()

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self.transport.write(data)

    async def arrived(self) -> None:
        """Wait until the peer's kernel has all that was sent, or nobody is there any more."""
        sock = self.transport.get_extra_info("socket")
        while not self.gone and (self.transport.get_write_buffer_size() or _unacknowledged(sock)):  # noqa: ASYNC110
            # The kernel sets no event.
            await asyncio.sleep(_POLL)

    def close(self) -> None:
        """Send what is left, then FIN."""
        self.transport.close()

    def reset(self) -> None:
        """Send RST."""
        reset(self.transport)


Send = Callable[[Wire], Awaitable[None]]
"""Puts an answer on the wire, and ends the connection where that belongs to it."""


class OnTheWire(web.StreamResponse):
    """A good answer that is sent by `send`. What the application logs of it is what its handler meant."""

    def __init__(self, answer: web.StreamResponse, send: Send) -> None:
        super().__init__(status=answer.status, reason=answer.reason, headers=answer.headers)
        self._full_body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""
        self._send = send

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send it. The framework takes the exception as the end of the connection, which it is."""
        wire = Wire(request, self, self._full_body)
        await self._send(wire)
        wire.close()
        raise ConnectionResetError("the connection is over")


def reset(transport: asyncio.BaseTransport) -> None:
    """End a connection with RST (SO_LINGER of no time, socket(7))."""
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert isinstance(transport, asyncio.WriteTransport)
    transport.abort()


def _unacknowledged(sock: Any) -> int:
    """Bytes that the kernel took and the peer's has not confirmed; elsewhere than on Linux 0, for it is not told."""
    if sys.platform != "linux":
        return 0
    # SIOCOUTQ of tcp(7) has the number of TIOCOUTQ.
    return int(struct.unpack("i", fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, b"\0" * 4))[0])
