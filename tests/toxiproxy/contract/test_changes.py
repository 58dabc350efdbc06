"""A thousand changes of toxics while data flow: no byte is harmed, and each call is answered soon."""

from __future__ import annotations

import contextlib
import random
import socket
import statistics
import threading
import time
from collections.abc import Iterator

import pytest

from toxi_fleet import Running
from toxi_load import CALL
from toxi_wire import Wire


@pytest.fixture
def wire(own: Running) -> Iterator[Wire]:
    wire = Wire(own.api)
    yield wire
    wire.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_thousand_changes_under_traffic(own: Running, wire: Wire, seed: int) -> None:
    draw = random.Random(seed)
    data = draw.randbytes(1 << 20)
    pairs = [wire.connect() for _ in range(6)]
    over = threading.Event()
    counts = [[0, 0] for _ in pairs]
    faults: list[str] = []

    def stream(index: int, which: str) -> None:
        """Send the block over and over until the changes are over, then close."""
        sender, _ = pairs[index].flow(which)
        turn = 0
        while not over.is_set():
            size = (turn * 7919 + index) % 30_000 + 1
            position = counts[index][0] % len(data)
            piece = data[position : position + size]
            sender.send(piece)
            counts[index][0] += len(piece)
            turn += 1
            time.sleep(0.002)
        sender.socket.shutdown(socket.SHUT_WR)

    def receive(index: int, which: str) -> None:
        """Compare with the block as it comes, until the end."""
        _, receiver = pairs[index].flow(which)
        receiver.socket.settimeout(30)
        with contextlib.suppress(OSError):
            while chunk := receiver.socket.recv(1 << 16):
                position = counts[index][1]
                wanted = b"".join(
                    data[(position + at) % len(data) :][: len(chunk) - at] for at in _cuts(position, chunk)
                )
                if chunk != wanted:
                    faults.append(f"connection {index} differs near byte {position}")
                    return
                counts[index][1] += len(chunk)

    def _cuts(position: int, chunk: bytes) -> list[int]:
        first = len(data) - position % len(data)
        return [0] + ([first] if first < len(chunk) else [])

    threads = []
    for index in range(len(pairs)):
        which = ("upstream", "downstream")[index % 2]
        threads += [threading.Thread(target=job, args=(index, which), daemon=True) for job in (stream, receive)]
    for thread in threads:
        thread.start()
    makers = {
        "latency": lambda: {"latency": draw.randint(0, 20), "jitter": draw.randint(0, 20)},
        "bandwidth": lambda: {"rate": draw.randint(5_000, 200_000)},
        "slicer": lambda: {"average_size": draw.randint(500, 5000), "size_variation": draw.randint(0, 400)},
        "slow_close": lambda: {"delay": draw.randint(0, 20)},
    }
    there: dict[str, str] = {}
    took = []
    for turn in range(1000):
        what = draw.choice(["add", "patch", "remove"])
        start = time.monotonic()
        if what == "add" and len(there) < 6:
            type = draw.choice(sorted(makers))
            wire.toxic(type, draw.choice(["upstream", "downstream"]), name=f"t{turn}", **makers[type]())
            there[f"t{turn}"] = type
        elif there and what != "remove":
            name = draw.choice(sorted(there))
            wire.patch(name, **makers[there[name]]())
        elif there:
            name = draw.choice(sorted(there))
            del there[name]
            wire.remove(name)
        else:
            wire.api.ok("GET", "/proxies/wire")
        took.append(time.monotonic() - start)
    for name in there:
        wire.remove(name)
    over.set()
    for thread in threads:
        thread.join(40)
    assert not faults
    assert [sent for sent, _ in counts] == [received for _, received in counts]
    assert all(sent > 100_000 for sent, _ in counts)
    assert statistics.median(took) < CALL
