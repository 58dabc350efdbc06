"""The transparent tap: what each side would see of the other without a proxy between, as far as a proxy can show it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from lab.toxiproxy.journal import Record
from toxi_stand import SOON, Stand, end_of, read, reset, send

BODY = random.Random(5).randbytes(3 << 20)


@pytest.fixture
def options() -> dict[str, Any]:
    return {"transparent": True, "journal": True}


@pytest.fixture(params=["client", "upstream"])
def side(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def record(stand: Stand) -> Record:
    """The journal's only record, once it is there."""
    async with asyncio.timeout(SOON):
        while not stand.server.journal:  # noqa: ASYNC110 - the journal tells nobody
            await asyncio.sleep(0.005)
    (only,) = stand.server.journal
    return only


async def silent(end: socket.socket, seconds: float = 0.3) -> bool:
    """Whether nothing comes, and no end either."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.get_running_loop().sock_recv(end, 1), seconds)
        return False
    return True


async def test_a_reset_in_the_middle_of_a_body(stand: Stand, side: str) -> None:
    one, other = (await stand.pair())[:: 1 if side == "client" else -1]
    feeding = asyncio.create_task(send(one, BODY))
    got = await read(other, 100_000)
    feeding.cancel()
    reset(one)
    rest, how = await end_of(other)
    assert how == "rst"
    assert BODY.startswith(got + rest) and len(got + rest) < len(BODY)
    assert ((told := await record(stand)).closed_by, told.how) == (side, "rst")


async def test_a_reset_by_the_one_who_is_being_sent_to(stand: Stand, side: str) -> None:
    one, other = (await stand.pair())[:: 1 if side == "client" else -1]
    feeding = asyncio.create_task(send(other, BODY * 4))
    await read(one, 100_000)
    reset(one)
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(feeding, SOON)
    told = await record(stand)
    assert told.closed_by == side
    way = told.down if side == "client" else told.up
    assert 100_000 <= way.bytes < 4 * len(BODY)


async def test_a_reset_does_not_wait_for_what_a_toxic_holds(stand: Stand, side: str) -> None:
    await stand.toxic("latency", stream="upstream" if side == "client" else "downstream", latency=60_000)
    one, other = (await stand.pair())[:: 1 if side == "client" else -1]
    await send(one, b"held")
    assert await silent(other)
    reset(one)
    assert await end_of(other) == (b"", "rst")


@pytest.mark.parametrize("toxic", [None, "latency"])
async def test_each_direction_ends_by_itself(stand: Stand, side: str, toxic: str | None) -> None:
    if toxic:
        for stream in ("upstream", "downstream"):
            await stand.toxic(toxic, stream=stream, name=stream, latency=20)
    one, other = (await stand.pair())[:: 1 if side == "client" else -1]
    await send(one, b"all that I say")
    one.shutdown(socket.SHUT_WR)
    assert await end_of(other) == (b"all that I say", "fin")
    assert await silent(one), "the other direction stays open"
    feeding = asyncio.create_task(send(other, BODY))
    assert await read(one, len(BODY)) == BODY
    await feeding
    assert not stand.server.journal, "half of it is open"
    other.close()
    assert await end_of(one) == (b"", "fin")
    told = await record(stand)
    assert (told.closed_by, told.how) == (side, "fin")
    assert {told.up.bytes, told.down.bytes} == {14, len(BODY)}


async def test_a_reset_behind_a_half_close(stand: Stand, side: str) -> None:
    one, other = (await stand.pair())[:: 1 if side == "client" else -1]
    one.shutdown(socket.SHUT_WR)
    assert await end_of(other) == (b"", "fin")
    reset(other)
    assert await end_of(one) == (b"", "rst")


async def test_a_held_back_end_leaves_the_other_direction_alone(stand: Stand) -> None:
    await stand.toxic("slow_close", stream="upstream", delay=60_000)
    client, server = await stand.pair()
    await send(client, b"question")
    client.shutdown(socket.SHUT_WR)
    assert await read(server, 8) == b"question"
    assert await silent(server)
    await send(server, b"answer")
    assert await read(client, 6) == b"answer"


async def test_the_ends_that_a_toxic_makes_are_its_own(stand: Stand) -> None:
    await stand.toxic("limit_data", bytes=3)
    client, server = await stand.pair()
    await send(server, b"12345")
    assert await end_of(client) == (b"123", "fin")
    assert (await end_of(server))[1] == "fin", "both sides are closed, and not by halves"


@pytest.mark.parametrize(
    ("upstream", "dial"),
    [("127.0.0.1:{free}", "refused"), ("127.0.0.1:none", "unresolved"), ("224.0.0.1:9", "unreachable")],
)
@pytest.mark.parametrize("eager", [False, True])
async def test_an_upstream_that_can_not_be_reached_is_a_reset(
    stand: Stand, upstream: str, dial: str, eager: bool
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        await stand.api("PATCH", "/proxies/p", {"upstream": upstream.format(free=closed.getsockname()[1])})
        client = await stand.dial()  # it is accepted all the same: that comes before the proxy can know
        if eager:
            with contextlib.suppress(ConnectionError):
                await send(client, b"anybody?")
        assert await end_of(client) == (b"", "rst")
    told = await record(stand)
    assert (told.dial, told.dialled, told.closed_by, told.up.bytes) == (dial, None, None, 0)


@pytest.fixture
def unanswered(stand: Stand) -> Iterator[tuple[socket.socket, list[socket.socket]]]:
    """A listener that answers no SYN, because its backlog is full, and the sockets that fill it."""
    held = []
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(8):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(full.getsockname())
            held.append(one)
        yield full, held
        for one in held:
            one.close()


async def test_an_upstream_that_does_not_answer_is_silence(
    stand: Stand, unanswered: tuple[socket.socket, list[socket.socket]]
) -> None:
    full, held = unanswered
    await stand.api("PATCH", "/proxies/p", {"upstream": "{}:{}".format(*full.getsockname())})
    client = await stand.dial()
    await send(client, b"early")
    assert await silent(client, 0.5)
    for one in held:
        one.close()
    # Now there is room: the kernel's next SYN, a second or three later, is answered.
    full.setblocking(False)
    async with asyncio.timeout(2 * SOON):
        while True:
            server, _ = await asyncio.get_running_loop().sock_accept(full)
            server.setblocking(False)
            with server:
                if await read(server, 5) == b"early":
                    break
    client.close()
    told = await record(stand)
    assert told.dial == "connected"
    assert told.dialled is not None and told.dialled > 0.5


async def test_a_client_whose_upstream_does_not_answer_can_be_let_go(
    stand: Stand, unanswered: tuple[socket.socket, list[socket.socket]]
) -> None:
    await stand.api("PATCH", "/proxies/p", {"upstream": "{}:{}".format(*unanswered[0].getsockname())})
    client = await stand.dial()
    assert await silent(client)
    await stand.api("PATCH", "/proxies/p", {"enabled": False})
    assert await end_of(client) == (b"", "fin")
    told = await record(stand)
    assert (told.dial, told.dialled, told.closed_by, told.how) == ("given up", None, "proxy", "disabled")
