"""The fast path: what the other side does not take at once is kept, for its own connection only."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Iterator

import pytest

from lab.toxiproxy.relay import BUFFER, Relay
from lab.toxiproxy.toxics.base import END, Chunk
from toxi_stand import Stand, end_of, read, reset, send


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


async def test_a_chain_in_front_of_a_slow_receiver_loses_nothing(stand: Stand) -> None:
    await stand.toxic("noop")
    client, server = await stand.pair()
    body = random.Random(2).randbytes(12 << 20)
    writing = asyncio.create_task(send(server, body))
    (link,) = [connection.links[1] for connection in stand.server._collection.get("p").connections()]
    async with asyncio.timeout(10):
        while not link._pending:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.005)
    assert await read(client, len(body)) == body
    await writing


class Owner:
    """Notes what a relay tells, and lets go of a sink that failed."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.heard = asyncio.Event()

    def source_over(self, relay: Relay, how: str) -> None:
        self._note(f"over: {how}")

    def delivered(self, relay: Relay) -> None:
        self._note("delivered")

    def sink_failed(self, relay: Relay, how: str) -> None:
        relay.abandon()
        self._note(f"failed: {how}")

    def _note(self, what: str) -> None:
        self.told.append(what)
        self.heard.set()


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket, socket.socket, socket.socket]]:
    """What goes in, the source, the sink, what comes out. The sink takes a few kB at a time."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        into = socket.create_connection(listener.getsockname())
        source, _ = listener.accept()
        sink = socket.socket()
        sink.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        sink.connect(listener.getsockname())
        out, _ = listener.accept()
    for one in (into, source, sink, out):
        one.setblocking(False)
    yield into, source, sink, out
    for one in (into, source, sink, out):
        one.close()


async def test_what_is_kept_goes_bit_by_bit_and_in_order(ends: tuple[socket.socket, ...]) -> None:
    into, source, sink, out = ends
    relay = Relay(source, sink, Owner())
    relay.listen(True)
    body = random.Random(3).randbytes(3 << 20)
    writing = asyncio.create_task(send(into, body))
    assert await read(out, len(body)) == body
    await writing
    assert (relay.received, relay.sent) == (len(body), len(body))
    relay.abandon()


async def test_an_end_waits_for_what_is_kept(ends: tuple[socket.socket, ...]) -> None:
    _, source, sink, out = ends
    owner = Owner()
    relay = Relay(source, sink, owner)
    body = random.Random(4).randbytes(8 << 20)
    relay.put(Chunk(body[:-5], 0.0))
    relay.put(Chunk(body[-5:], 0.0))
    relay.put(END)
    assert relay._pending and not relay.takes() and owner.told == []
    assert await read(out, len(body)) == body
    await asyncio.wait_for(owner.heard.wait(), 10)
    assert owner.told == ["delivered"] and relay.done


@pytest.mark.parametrize("kept", [False, True])
async def test_a_sink_that_fails_is_told_once_and_nothing_is_kept(ends: tuple[socket.socket, ...], kept: bool) -> None:
    _, source, sink, out = ends
    owner = Owner()
    relay = Relay(source, sink, owner)
    if kept:
        relay.put(Chunk(bytes(8 << 20), 0.0))
        relay.put(END)
        reset(out)
    else:
        reset(out)
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(asyncio.get_running_loop().sock_recv(sink, 1), 10)
        relay.put(Chunk(b"lost", 0.0))
    await asyncio.wait_for(owner.heard.wait(), 10)
    assert owner.told in (["failed: rst"], ["failed: EPIPE"])
    assert not relay._pending and not relay.loop.remove_writer(sink)
