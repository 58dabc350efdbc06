"""A server inside the test's own loop, an upstream beside it, and both ends of a connection through a proxy."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from typing import Any

from lab.toxiproxy.server import Server

SOON = 10.0


class Stand:
    """One server with one proxy called `p`.

    Attributes:
        server: it.
        proxy: where the proxy listens.
        upstream: the listener that it leads to.
    """

    proxy: tuple[str, int]

    def __init__(self, server: Server) -> None:
        self.server = server
        self.upstream = socket.create_server(("127.0.0.1", 0))
        self.upstream.setblocking(False)
        self._open: list[socket.socket] = []

    async def api(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One call: status, and the parsed body or None."""
        reader, writer = await asyncio.open_connection(*self.server.address)
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(data)}\r\n\r\n"
        writer.write(head.encode() + data)
        answer = await asyncio.wait_for(reader.read(), SOON)
        writer.close()
        first, _, rest = answer.partition(b"\r\n\r\n")
        return int(first.split()[1]), json.loads(rest) if rest else None

    async def toxic(self, type: str, **attributes: Any) -> None:
        """Add a toxic; `stream`, `name` and `toxicity` are set apart from the attributes."""
        body = {key: attributes.pop(key) for key in ("stream", "name", "toxicity") if key in attributes}
        status, told = await self.api("POST", "/proxies/p/toxics", {"type": type, "attributes": attributes, **body})
        assert status == 200, told

    async def dial(self) -> socket.socket:
        """A client's connection."""
        client = socket.create_connection(self.proxy)  # the kernel answers it, not this loop
        client.setblocking(False)
        self._open.append(client)
        return client

    async def pair(self) -> tuple[socket.socket, socket.socket]:
        """Both ends of a new connection: the client's and the upstream's."""
        client = await self.dial()
        server, _ = await asyncio.wait_for(asyncio.get_running_loop().sock_accept(self.upstream), SOON)
        self._open.append(server)
        return client, server

    def close(self) -> None:
        """Close every end."""
        for one in [*self._open, self.upstream]:
            one.close()


async def send(end: socket.socket, data: bytes) -> None:
    """Write all of it."""
    await asyncio.get_running_loop().sock_sendall(end, data)


async def read(end: socket.socket, count: int) -> bytes:
    """Exactly so many bytes, or what came before the end."""
    data = b""
    while len(data) < count:
        chunk = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(end, count - len(data)), SOON)
        if not chunk:
            break
        data += chunk
    return data


async def end_of(end: socket.socket) -> tuple[bytes, str]:
    """What still comes, and how it ends: `fin` or `rst`."""
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := await asyncio.wait_for(asyncio.get_running_loop().sock_recv(end, 1 << 16), SOON):
            data += chunk
        return data, "fin"
    return data, "rst"


def reset(end: socket.socket) -> None:
    """Close with an RST."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()
