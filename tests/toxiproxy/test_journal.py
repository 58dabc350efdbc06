"""The wire journal: what is kept of a connection that is over."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from typing import Any

import pytest

from lab.toxiproxy.journal import ROOM, Journal, Record, Way
from lab.toxiproxy.server import Server
from toxi_stand import SOON, Stand, end_of, read, reset, send


@pytest.fixture
def options() -> dict[str, Any]:
    return {"journal": True}


async def only_record(stand: Stand) -> Record:
    async with asyncio.timeout(SOON):
        while not stand.server.journal:  # noqa: ASYNC110 - the journal tells nobody
            await asyncio.sleep(0.005)
    (record,) = stand.server.journal
    return record


async def test_an_exchange_that_the_client_ends(stand: Stand) -> None:
    before = time.time()
    client, server = await stand.pair()
    await send(client, b"question")
    await read(server, 8)
    await send(server, b"an answer")
    await read(client, 9)
    name = "{}:{}".format(*client.getsockname())
    client.close()
    record = await only_record(stand)
    assert (record.proxy, record.client) == ("p", name)
    assert record.upstream == "{}:{}".format(*stand.upstream.getsockname())
    assert record.dial == "connected"
    assert record.dialled is not None and 0 <= record.dialled < SOON
    assert (record.up.bytes, record.down.bytes) == (8, 9)
    assert None not in (record.up.first, record.down.first)
    times = [
        before,
        record.accepted,
        record.up.first,
        record.up.last,
        record.down.first,
        record.down.last,
        record.closed,
    ]
    assert times == sorted(times, key=lambda one: one or 0)
    assert (record.closed_by, record.how) == ("client", "fin")
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.how = "other"  # type: ignore[misc]


@pytest.mark.parametrize("side", ["client", "upstream"])
async def test_who_reset_it(stand: Stand, side: str) -> None:
    client, server = await stand.pair()
    await send(client, b"x")
    await read(server, 1)
    reset(client if side == "client" else server)
    record = await only_record(stand)
    assert (record.closed_by, record.how) == (side, "rst")
    assert record.down.first is None


async def test_a_refused_upstream(stand: Stand) -> None:
    stand.upstream.close()
    assert (await end_of(await stand.dial()))[1] == "fin"
    record = await only_record(stand)
    assert (record.dial, record.dialled, record.closed_by) == ("refused", None, None)


async def test_an_upstream_that_has_no_address(stand: Stand) -> None:
    await stand.api("PATCH", "/proxies/p", {"upstream": "127.0.0.1"})
    assert (await end_of(await stand.dial()))[1] == "fin"
    record = await only_record(stand)
    assert record.dial == "unresolved"
    assert "missing port" in (record.how or "")


async def test_the_toxic_that_ended_it(stand: Stand) -> None:
    await stand.toxic("limit_data", name="cut", bytes=3)
    client, server = await stand.pair()
    await send(server, b"12345")
    assert await end_of(client) == (b"123", "fin")
    record = await only_record(stand)
    assert (record.closed_by, record.how, record.down.bytes) == ("proxy", "toxic cut", 3)


async def test_a_disabled_proxy(stand: Stand) -> None:
    client, _ = await stand.pair()
    await stand.api("PATCH", "/proxies/p", {"enabled": False})
    await end_of(client)
    record = await only_record(stand)
    assert (record.closed_by, record.how) == ("proxy", "disabled")


async def test_a_toxic_that_fails_the_connection(stand: Stand) -> None:
    await stand.toxic("fail_first", name="first", connections=1)
    await end_of(await stand.dial())
    record = await only_record(stand)
    assert (record.dial, record.closed_by, record.how) == ("given up", "proxy", "toxic first")
    assert record.dialled is None


@pytest.mark.parametrize(
    ("type_", "stream", "attributes"),
    [
        ("reset_data", "downstream", {"bytes": 3}),
        ("reset_peer", "downstream", {"timeout": 0}),
        ("timeout", "downstream", {"timeout": 1000}),
        ("close_reused", "upstream", {}),
    ],
)
async def test_each_toxic_that_ends_connections(
    stand: Stand, type_: str, stream: str, attributes: dict[str, int]
) -> None:
    await stand.toxic(type_, name="it", stream=stream, **attributes)
    client, server = await stand.pair()
    await send(client, b"question")
    await read(server, 8)
    await send(server, b"answer")
    if type_ == "close_reused":
        await read(client, 6)
        await send(client, b"again")
    await end_of(client)
    record = await only_record(stand)
    assert (record.closed_by, record.how) == ("proxy", "toxic it")
    passed = {"reset_data": 3, "close_reused": 6}.get(type_, 0)
    assert (record.up.bytes, record.down.bytes) == (8, passed)
    assert record.down.first is not None, "when bytes came, though a toxic took them"


@pytest.mark.parametrize("side", ["client", "upstream"])
async def test_who_closed_it(stand: Stand, side: str) -> None:
    client, server = await stand.pair()
    (client if side == "client" else server).close()
    await end_of(server if side == "client" else client)
    record = await only_record(stand)
    assert (record.closed_by, record.how) == (side, "fin")
    assert (record.up.bytes, record.down.bytes, record.up.first, record.down.last) == (0, 0, None, None)


async def test_the_one_who_ended_it_first_is_named(stand: Stand) -> None:
    """The upstream's close waits behind what the toxic holds; the client's reset comes later."""
    await stand.toxic("latency", latency=60_000)
    client, server = await stand.pair()
    await send(server, b"held")
    server.close()
    async with asyncio.timeout(SOON):
        (connection,) = stand.server._collection.get("p").connections()
        while not (connection.links and connection.links[1].over):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.005)
    reset(client)
    await stand.api("DELETE", "/proxies/p/toxics/latency_downstream")
    record = await only_record(stand)
    assert (record.closed_by, record.how) == ("upstream", "fin")


async def test_the_first_and_the_last_bytes_have_their_own_times(stand: Stand) -> None:
    client, server = await stand.pair()
    await send(server, b"first")
    await read(client, 5)
    between = time.time()
    await asyncio.sleep(0.02)
    await send(server, b"last")
    await read(client, 4)
    client.close()
    record = await only_record(stand)
    assert record.down.first is not None and record.down.last is not None
    assert record.down.first <= between < record.down.last
    assert record.up == Way(0, None, None)


async def test_connections_at_a_time_are_told_apart(stand: Stand) -> None:
    pairs = [await stand.pair() for _ in range(5)]
    names = ["{}:{}".format(*client.getsockname()) for client, _ in pairs]
    for index, (client, server) in enumerate(pairs):
        await send(client, bytes(index + 1))
        await read(server, index + 1)
    for client, server in reversed(pairs):
        client.close()
        await end_of(server)
    async with asyncio.timeout(SOON):
        while len(stand.server.journal) < 5:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.005)
    told = {record.client: record.up.bytes for record in stand.server.journal}
    assert told == {name: index + 1 for index, name in enumerate(names)}
    ended = [record.closed for record in stand.server.journal]
    assert ended == sorted(ended), "in the order in which they ended"


async def test_none_is_kept_unless_asked_for() -> None:
    async with Server(host="127.0.0.1", port=0) as server:
        stand = Stand(server)
        upstream = "{}:{}".format(*stand.upstream.getsockname())
        _, proxy = await stand.api("POST", "/proxies", {"name": "p", "upstream": upstream, "listen": "127.0.0.1:0"})
        stand.proxy = "127.0.0.1", int(proxy["listen"].rpartition(":")[2])
        client, server_end = await stand.pair()
        client.close()
        await end_of(server_end)
        stand.close()
    assert (server.journal, server.journal_let_go) == ((), 0)


async def test_a_long_life_keeps_the_latest(stand: Stand) -> None:
    client, server = await stand.pair()
    client.close()
    await end_of(server)
    record = await only_record(stand)
    journal = Journal()
    for number in range(ROOM + 7):
        journal.add(dataclasses.replace(record, upstream=str(number)))
    kept = journal.records
    assert (len(kept), kept[0].upstream, kept[-1].upstream) == (ROOM, "7", str(ROOM + 6))
    assert journal.let_go == 7


async def test_a_server_lets_go_of_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.toxiproxy.collection.Journal", lambda: Journal(2))
    async with Server(host="127.0.0.1", port=0, journal=True) as server:
        stand = Stand(server)
        stand.upstream.close()
        for name in "abc":
            entry = {"name": name, "upstream": "127.0.0.1:none", "listen": "127.0.0.1:0"}
            _, proxy = await stand.api("POST", "/proxies", entry)
            stand.proxy = "127.0.0.1", int(proxy["listen"].rpartition(":")[2])
            await end_of(await stand.dial())
        assert [record.proxy for record in server.journal] == ["b", "c"]
        assert server.journal_let_go == 1
        stand.close()
