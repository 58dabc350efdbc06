"""The connection of one exchange: connect, send, receive, and the time at which each was over."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
import time

from lab.traffic.answer import Answer
from lab.traffic.request import Request

_WORDS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ECONNABORTED: "reset",
    errno.ETIMEDOUT: "timeout",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EADDRNOTAVAIL: "no address",
}
_AT_ONCE = 64 * 1024
# Linux picks the port at connect() then, where it knows the peer; with bind() each source would run out sooner.
_IP_BIND_ADDRESS_NO_PORT = 24


class Failure(Exception):
    """Why an exchange did not reach its end: a word, a sentence, and the socket's error number if it had one."""

    def __init__(self, error: str, detail: str, number: int | None = None) -> None:
        super().__init__(detail)
        self.error, self.detail, self.number = error, detail, number


class Talk:
    """One connection, for one request.

    Attributes:
        answer: what came.
        numeric: whether the address was one that can be connected to without asking a resolver.
        tcp: seconds from the beginning until it was connected, or None.
        first_byte: seconds from the beginning until the first byte of the answer, or None.
    """

    def __init__(self, address: tuple[str, int], request: Request) -> None:
        self.address, self.request = address, request
        self.answer = Answer(request.method)
        self.tcp: float | None = None
        self.first_byte: float | None = None
        self._family = _family(address[0])
        self._sent = False
        self._send_error: OSError | None = None
        self._began = time.perf_counter()

    @property
    def numeric(self) -> bool:
        """Whether the host is a numeric address."""
        return self._family is not None

    def clock(self) -> float:
        """Seconds since the beginning."""
        return time.perf_counter() - self._began

    async def run(self, source: str | None, seconds: float, patience: float | None) -> None:
        """Hold the conversation, and close the connection.

        Raises:
            Failure: whatever went wrong; the answer has what came until then.
        """
        if self._family is None:
            raise Failure("unresolved", f"{self.address[0]!r} is a name; clients connect to numeric addresses.")
        try:
            # Leaving the block closes the socket, whatever happens inside.
            with socket.socket(self._family, socket.SOCK_STREAM) as sock:
                sock.setblocking(False)
                async with asyncio.timeout(seconds) as deadline:
                    await self._connect(sock, source)
                    await self._converse(sock, deadline, patience)
        except OSError as error:  # a TimeoutError is one, too; without a number it is the client's own
            raise self._failed(error) from error
        if self.answer.problem:
            word, sentence = self.answer.problem
            if word == "empty reply" and self._send_error:  # sending has met the reset, so reading saw only its end
                raise self._failed(self._send_error)
            raise Failure(word, sentence)

    async def _connect(self, sock: socket.socket, source: str | None) -> None:
        if source is not None:
            if sys.platform == "linux" and self._family == socket.AF_INET:
                sock.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
            sock.bind((source, 0))
        await asyncio.get_running_loop().sock_connect(sock, self.address)
        self.tcp = self.clock()

    async def _converse(self, sock: socket.socket, deadline: asyncio.Timeout, patience: float | None) -> None:
        wire = self.request.wire(self.address)
        if len(wire) <= _AT_ONCE:
            await self._send(sock, wire, deadline, patience)
            await self._receive(sock)
            return
        # A server may answer a large body before it has read it, so both directions run at once.
        sender = asyncio.create_task(self._send(sock, wire, deadline, patience))
        try:
            await self._receive(sock)
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    async def _send(self, sock: socket.socket, wire: bytes, deadline: asyncio.Timeout, patience: float | None) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_sendall(sock, wire)
        except OSError as error:
            self._send_error = error  # there may be an answer all the same; reading shows it
        self._sent = True
        ends = deadline.when()
        if patience is not None and ends is not None:
            deadline.reschedule(min(ends, loop.time() + patience))

    async def _receive(self, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while not self.answer.over:
            data = await loop.sock_recv(sock, 64 * 1024)
            if data and self.first_byte is None:
                self.first_byte = self.clock()
            self.answer.feed(data)

    def _failed(self, error: OSError) -> Failure:
        if self.tcp is None:
            stage = f"connecting to {self.address[0]}:{self.address[1]}"
        else:
            stage = self.answer.stage if self._sent else "sending the request"
        if error.errno is None:
            number = errno.ETIMEDOUT if self.tcp is None else None
            return Failure("timeout", f"The client gave up after {self.clock():.3f} s while {stage}.", number)
        word = _WORDS.get(error.errno, "failed")
        return Failure(word, f"{os.strerror(error.errno)} while {stage}.", error.errno)


def _family(host: str) -> socket.AddressFamily | None:
    """The family of a numeric address; None for anything else."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return family
    return None
