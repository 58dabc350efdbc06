"""One direction with its chain: nothing is lost, doubled or put out of order when stages come and go."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time

import pytest

from lab.toxiproxy.toxics.base import END, Chunk, Stage
from lab.toxiproxy.toxics.registry import TYPES
from toxi_stand import Stand, read, send

MAKERS = {
    "latency": lambda draw: {"latency": draw.randint(0, 4), "jitter": draw.randint(0, 4)},
    "bandwidth": lambda draw: {"rate": draw.randint(20_000, 2_000_000)},
    "slicer": lambda draw: {"average_size": draw.randint(200, 9000), "size_variation": draw.randint(0, 150)},
    "slow_close": lambda draw: {"delay": draw.randint(0, 5)},
    "noop": lambda draw: {},
}


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
async def test_a_thousand_changes_under_traffic(stand: Stand, stream: str) -> None:
    draw = random.Random(stream)
    client, server = await stand.pair()
    sender, receiver = (client, server) if stream == "upstream" else (server, client)
    block = draw.randbytes(1 << 16)
    sent, seen, over = hashlib.sha256(), hashlib.sha256(), asyncio.Event()
    counts = [0, 0]

    async def write() -> None:
        while not over.is_set():
            piece = block[: draw.randint(1, len(block))]
            await send(sender, piece)
            sent.update(piece)
            counts[0] += len(piece)
            await asyncio.sleep(0)
        sender.close()

    async def take() -> None:
        while chunk := await asyncio.get_running_loop().sock_recv(receiver, 1 << 16):
            seen.update(chunk)
            counts[1] += len(chunk)

    jobs = [asyncio.create_task(write()), asyncio.create_task(take())]
    there: dict[str, str] = {}
    slowest = 0.0
    for turn in range(1000):
        what, began = draw.choice(["add", "change", "remove"]), time.monotonic()
        if what == "add" and len(there) < 5:
            type_ = draw.choice(sorted(MAKERS))
            await stand.toxic(
                type_, name=f"t{turn}", stream=stream, toxicity=draw.choice([0.5, 1]), **MAKERS[type_](draw)
            )
            there[f"t{turn}"] = type_
        elif there:
            name = draw.choice(sorted(there))
            if what == "remove":
                del there[name]
                await stand.api("DELETE", f"/proxies/p/toxics/{name}")
            else:
                await stand.api("PATCH", f"/proxies/p/toxics/{name}", {"attributes": MAKERS[there[name]](draw)})
        slowest = max(slowest, time.monotonic() - began)
    await stand.api("POST", "/reset")
    over.set()
    await asyncio.wait_for(asyncio.gather(*jobs), 30)
    assert counts[0] == counts[1] > 1_000_000
    assert sent.digest() == seen.digest()
    assert slowest < 2, "no call waits for a connection"


async def test_the_fast_path_comes_back(stand: Stand) -> None:
    client, server = await stand.pair()
    connection = next(stand.server._collection.get("p").connections())
    down = connection.links[1]
    plain = down._on_readable
    await stand.toxic("latency", latency=60_000)
    await send(server, b"held")
    assert down._on_readable != plain
    await stand.api("DELETE", "/proxies/p/toxics/latency_downstream")
    assert await read(client, 4) == b"held"
    assert down._on_readable == plain


class Bin:
    """What comes behind a stage."""

    def __init__(self, room: int) -> None:
        self.items: list[object] = []
        self.room = room

    def takes(self) -> bool:
        return len(self.items) < self.room

    def put(self, item: object) -> None:
        self.items.append(item)


class NoLink:
    """As much of a link as a stage needs."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.received = 0
        self.other = self
        self.calls: list[str] = []

    def chance(self, toxic: str, purpose: str) -> random.Random:
        return random.Random(1)

    def pump(self) -> None:
        self.calls.append("pump")

    def end_behind(self, stage: Stage) -> None:
        self.calls.append("end")

    def reset(self, why: str) -> None:
        self.calls.append("reset")

    def close(self, why: str) -> None:
        self.calls.append("close")


@pytest.mark.parametrize("type_", sorted(TYPES))
@pytest.mark.parametrize("active", [True, False])
async def test_every_type_keeps_the_rules_of_a_stage(type_: str, active: bool) -> None:
    from lab.toxiproxy.toxics.base import Toxic

    kind = TYPES[type_]
    attributes = dict.fromkeys(kind.fields, 3)
    stage = kind(Toxic("t", type_, "downstream", 1.0 if active else 0.0, attributes, kind), NoLink())  # type: ignore[arg-type]
    stage.draw()
    assert stage.active is active
    stage.begin()
    behind = Bin(0)
    data = b"0123456789" * 10
    stage.put(Chunk(data, stage.link.loop.time()))
    stage.put(END)
    stage.move(behind)  # type: ignore[arg-type]
    assert behind.items == [], "nothing is handed on while nothing is taken"
    for value in (0, -1, 2**63 - 1, -(2**63)):
        stage.toxic.attributes.update(dict.fromkeys(kind.fields, value))
        stage.change()
        stage.move(behind)  # type: ignore[arg-type]
    rest = list(stage.release())
    if not (active and type_ in ("timeout", "reset_peer")):
        assert b"".join(item.data for item in rest if item) == data
        assert rest[-1] is END
    stage.cancel()
