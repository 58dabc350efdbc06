"""One end of a connection: what it sends, what it sees, and how the connection ends for it.

A test holds the client and the server of each connection itself, with plain sockets, so that resets, half-open ends and
times are those of the kernel and no library stands between.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator

PATIENCE = 15.0
"""Seconds that anything may take which has to come; what must not come in time has a delay far above `SOON`."""

SOON = 3.0
"""Seconds within which what is not held back arrives on a busy machine."""

FIN, RST, OPEN = "FIN", "RST", "open"


class End:
    """One end of a connection.

    Attributes:
        socket: it.
        seen: every byte that was read.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.seen = bytearray()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        """Write all of it; for more than the kernel holds use `feed`."""
        self.socket.settimeout(PATIENCE)
        self.socket.sendall(data)

    @contextlib.contextmanager
    def feed(self, data: bytes) -> Iterator[None]:
        """Write all of it from a thread, which ends with the block or with the connection."""

        def run() -> None:
            with contextlib.suppress(OSError):
                self.send(data)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            thread.join(PATIENCE * 2)

    def read(self, count: int, within: float = PATIENCE) -> bytes:
        """Exactly so many bytes; fewer when the connection ended or the time was over first."""
        data = bytearray()
        for chunk in self._chunks(within, count):
            data += chunk
        return bytes(data)

    def quiet(self, seconds: float) -> bool:
        """Whether nothing at all comes in that time: no byte, and no end."""
        self.socket.settimeout(seconds)
        try:
            self.socket.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return True
        except OSError:
            return False
        return False

    def end(self, within: float = PATIENCE) -> str:
        """Read on until the connection ends: `FIN`, `RST`, or `open` when it did not in that time."""
        deadline = time.monotonic() + within
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                chunk = self.socket.recv(1 << 18)
            except TimeoutError:
                break
            except OSError:
                return RST
            if not chunk:
                return FIN
            self.seen += chunk
        return OPEN

    def pieces(self, count: int) -> list[tuple[float, int]]:
        """When (monotonic) and how large each piece was until so many bytes came."""
        return [(time.monotonic(), len(chunk)) for chunk in self._chunks(PATIENCE, count)]

    def close(self) -> None:
        """Close it in the usual way."""
        self.socket.close()

    def reset(self) -> None:
        """Close it with an RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _chunks(self, within: float, count: int) -> Iterator[bytes]:
        deadline = time.monotonic() + within
        while count > 0 and (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                chunk = self.socket.recv(min(count, 1 << 18))
            except OSError:  # time is over, or it was reset
                return
            if not chunk:
                return
            self.seen += chunk
            count -= len(chunk)
            yield chunk


class Pair:
    """The two ends of one connection through a proxy."""

    def __init__(self, client: End, server: End) -> None:
        self.client = client
        self.server = server

    def flow(self, stream: str) -> tuple[End, End]:
        """Who sends and who receives on a stream: `upstream` is client to server."""
        return (self.client, self.server) if stream == "upstream" else (self.server, self.client)

    def close(self) -> None:
        """Close both ends."""
        self.client.close()
        self.server.close()


class Watch:
    """A stopwatch: seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._start
