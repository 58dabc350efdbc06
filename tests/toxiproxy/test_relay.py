"""The fast path: what the other side does not take at once is kept, for its own connection only."""

from __future__ import annotations

import asyncio
import random
import socket

from lab.toxiproxy.relay import BUFFER
from toxi_stand import Stand, end_of, read, send


async def test_connections_that_are_held_back_keep_their_own_bytes(stand: Stand) -> None:
    pairs = [await stand.pair() for _ in range(6)]
    bodies = [random.Random(number).randbytes(12 << 20) for number in range(len(pairs))]
    writing = [asyncio.create_task(send(server, body)) for (_, server), body in zip(pairs, bodies, strict=True)]
    links = [connection.links[1] for connection in stand.server._collection.get("p").connections()]
    async with asyncio.timeout(10):
        while not all(link._pending for link in links):  # noqa: ASYNC110 - a relay tells nobody that it waits
            await asyncio.sleep(0.005)
    for link in links:
        assert not link._reading
        assert len(link._pending) <= len(BUFFER), "what is kept is bounded"
    for (client, _), body in zip(pairs, bodies, strict=True):
        assert await read(client, len(body)) == body
    await asyncio.gather(*writing)


async def test_the_end_comes_behind_what_was_kept(stand: Stand) -> None:
    client, server = await stand.pair()
    body = random.Random(1).randbytes(12 << 20)
    writing = asyncio.create_task(send(server, body))
    await asyncio.sleep(0.05)
    reading = asyncio.create_task(end_of(client))
    await writing
    server.close()
    assert await reading == (body, "fin")


async def test_a_receiver_that_goes_away_ends_the_sender(stand: Stand) -> None:
    client, server = await stand.pair()
    writing = asyncio.create_task(send(server, bytes(64 << 20)))
    await read(client, 1)
    client.close()
    done, _ = await asyncio.wait([writing], timeout=10)
    assert done and isinstance(writing.exception(), ConnectionError)
    assert not list(stand.server._collection.get("p").connections())


async def test_small_pieces_are_sent_at_once(stand: Stand) -> None:
    client, server = await stand.pair()
    connection = next(stand.server._collection.get("p").connections())
    assert connection._client is not None and connection._server is not None
    for one in (connection._client, connection._server):
        assert one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert one.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    for _ in range(50):
        await send(client, b"x")
        assert await read(server, 1) == b"x"
