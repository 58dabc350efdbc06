"""The wire journal: what is kept of a connection that is over."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from typing import Any

import pytest

from lab.toxiproxy.journal import Record
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
