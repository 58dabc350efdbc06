"""Small real servers on 127.0.0.1 that misbehave in one way each."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

Address = tuple[str, int]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[[Handler], Awaitable[Address]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts servers; each connection is the handler's until it returns, then it is closed."""
    servers: list[asyncio.Server] = []
    running: set[asyncio.Task[None]] = set()

    async def start(handler: Handler) -> Address:
        async def held(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await handler(reader, writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(held(reader, writer))
            running.add(task)
            task.add_done_callback(running.discard)
            task.add_done_callback(lambda _: writer.transport.abort())

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        servers.append(server)
        host, port = server.sockets[0].getsockname()
        return host, port

    yield start
    for server in servers:
        server.close()
    tasks = list(running)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for server in servers:
        await server.wait_closed()


@pytest.fixture
def answering(serve: Serve) -> Callable[..., Awaitable[Address]]:
    """Starts a server that reads a request, sends these pieces with a pause before each, and closes."""

    async def start(*pieces: bytes, pause: float = 0.0, hold: bool = False) -> Address:
        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                await asyncio.sleep(pause)
                writer.write(piece)
                await writer.drain()
            if hold:
                await asyncio.Event().wait()

        return await serve(handler)

    return start


@dataclass
class Shop:
    """A server that answers as a healthy shop would, as far as statuses go."""

    address: Address = ("", 0)
    delay: float = 0.0
    paths: list[str] = field(default_factory=list)
    peers: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"Content-Length: (\d+)", head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        method, path, _ = head.split(" ", 2)
        self.paths.append(path)
        self.peers.append(writer.get_extra_info("peername")[0])
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.delay)
        finally:
            self.at_once -= 1
        status = 201 if (method, path) in (("POST", "/orders"), ("POST", "/price-list")) else 200
        try:
            json.loads("{}" if path == "/price-list" else body or "{}")
        except ValueError:
            status = 400
        if "Bearer expired" in head:
            status = 401
        writer.write(f"HTTP/1.1 {status} Word\r\nContent-Length: 0\r\nServer: nginx\r\n\r\n".encode())
        await writer.drain()


@pytest.fixture
async def shop(serve: Serve) -> Shop:
    shop = Shop()
    shop.address = await serve(shop.handle)
    return shop


@pytest.fixture
def closed_port() -> Iterator[Address]:
    """An address at which nothing listens; bound, so that nothing else will."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        host, port = sock.getsockname()
        yield host, port


@pytest.fixture
def full_backlog() -> Iterator[Address]:
    """A listener whose backlog is full, so that nobody gets an answer to a SYN any more."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        host, port = listener.getsockname()
        yield host, port


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@pytest.fixture(name="reset")
def _reset() -> Callable[[asyncio.StreamWriter], None]:
    return reset


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "client" / "client.log"


@pytest.fixture
def connections_to() -> Callable[[Address], int]:
    """Counts this process's own client sockets to an address."""

    def count(address: Address) -> int:
        return sum(c.raddr == address for c in psutil.Process().net_connections("tcp") if c.raddr)

    return count


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    """Waits for a condition, and fails when a deadline (seconds) passes."""

    async def wait(condition: Callable[[], object], seconds: float = 8.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not true within {seconds} s"
            await asyncio.sleep(0.01)

    return wait
