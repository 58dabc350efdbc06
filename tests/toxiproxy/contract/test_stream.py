"""No byte is lost, doubled or put out of order by toxics that must not harm a stream, whatever is sent how."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toxi_end import FIN, End
from toxi_fleet import EMBEDDED_ONLY, Running
from toxi_wire import Wire

PROPERTY = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

HARMLESS = st.one_of(
    st.tuples(st.just("latency"), st.fixed_dictionaries({"latency": st.integers(0, 20), "jitter": st.integers(0, 20)})),
    st.tuples(st.just("bandwidth"), st.fixed_dictionaries({"rate": st.integers(2000, 50_000)})),
    st.tuples(
        st.just("slicer"),
        st.integers(64, 4096).flatmap(
            lambda size: st.fixed_dictionaries(
                {
                    "average_size": st.just(size),
                    "size_variation": st.integers(0, size // 2),
                    "delay": st.integers(0, 50),
                }
            )
        ),
    ),
    st.tuples(st.just("slow_close"), st.fixed_dictionaries({"delay": st.integers(0, 50)})),
    st.tuples(st.just("noop"), st.just({})),
)
TOXICS = st.lists(
    st.tuples(HARMLESS, st.sampled_from(["upstream", "downstream"]), st.sampled_from([0.5, 1])), max_size=4
)
CHUNKS = st.lists(st.integers(1, 40_000), min_size=1, max_size=12)


def send(end: End, data: bytes, chunks: list[int], pause: float) -> threading.Thread:
    """Write the data in chunks of these sizes, over and over, then close."""

    def run() -> None:
        position, turn = 0, 0
        with contextlib.suppress(OSError):  # what is missing then is told by the other end
            while position < len(data):
                size = chunks[turn % len(chunks)]
                end.send(data[position : position + size])
                position, turn = position + size, turn + 1
                time.sleep(pause)
        end.socket.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def add(wire: Wire, toxics: list[Any]) -> None:
    for index, ((type, attributes), stream, toxicity) in enumerate(toxics):
        wire.toxic(type, stream, name=f"t{index}", toxicity=toxicity, **attributes)


@PROPERTY
@given(toxics=TOXICS, chunks=CHUNKS, stream=st.sampled_from(["upstream", "downstream"]), seed=st.integers(0, 2**32))
def test_toxics_that_stay(server: Running, toxics: list[Any], chunks: list[int], stream: str, seed: int) -> None:
    data = random.Random(seed).randbytes(min(200_000, 20 * sum(chunks)))
    wire = Wire(server.api)
    try:
        add(wire, toxics)
        sender, receiver = wire.connect().flow(stream)
        thread = send(sender, data, chunks, 0)
        assert receiver.end(30) == FIN
        assert bytes(receiver.seen) == data
        thread.join()
    finally:
        wire.close()
        server.api.clear()


@EMBEDDED_ONLY
@PROPERTY
@given(
    start=TOXICS,
    changes=st.lists(st.tuples(st.sampled_from(["add", "patch", "remove"]), HARMLESS, st.integers(0, 5)), max_size=25),
    chunks=CHUNKS,
    stream=st.sampled_from(["upstream", "downstream"]),
    seed=st.integers(0, 2**32),
)
def test_toxics_that_come_change_and_go(
    server: Running, start: list[Any], changes: list[Any], chunks: list[int], stream: str, seed: int
) -> None:
    data = random.Random(seed).randbytes(min(300_000, 20 * sum(chunks)))
    wire = Wire(server.api)
    try:
        add(wire, start)
        sender, receiver = wire.connect().flow(stream)
        thread = send(sender, data, chunks, 0.001)
        for what, (type, attributes), index in changes:
            # Names collide and are missing at times: those calls are refused, and that is part of it.
            path, body = f"/proxies/{wire.name}/toxics", {"type": type, "attributes": attributes, "stream": stream}
            if what == "add":
                server.api.ask("POST", path, {**body, "name": f"t{index}"})
            elif what == "patch":
                server.api.ask("PATCH", f"{path}/t{index}", {"attributes": attributes})
            else:
                server.api.ask("DELETE", f"{path}/t{index}")
        assert receiver.end(30) == FIN
        assert bytes(receiver.seen) == data
        thread.join()
    finally:
        wire.close()
        server.api.clear()


@pytest.mark.parametrize("type", ["latency", "bandwidth", "slicer", "slow_close"])
@pytest.mark.parametrize("how", ["patch", "come and go"])
@EMBEDDED_ONLY
def test_one_toxic_under_a_steady_stream(wire: Wire, type: str, how: str, stream: str) -> None:
    values = {
        "latency": ({"latency": 5}, {"latency": 0, "jitter": 3}),
        "bandwidth": ({"rate": 20_000}, {"rate": 200_000}),
        "slicer": ({"average_size": 500}, {"average_size": 3000, "size_variation": 1000}),
        "slow_close": ({"delay": 10}, {"delay": 0}),
    }[type]
    data = random.Random(5).randbytes(4 << 20)
    sender, receiver = wire.connect().flow(stream)
    thread = send(sender, data, [65536, 1, 1000, 30_000], 0.001)
    reader = threading.Thread(target=receiver.end, args=(60,), daemon=True)
    reader.start()
    wire.toxic(type, stream, **values[0])
    turn = 0
    while reader.is_alive():
        turn += 1
        if how == "patch":
            wire.patch(**values[turn % 2])
        else:
            wire.remove()
            wire.toxic(type, stream, **values[turn % 2])
    thread.join()
    assert bytes(receiver.seen) == data
    assert turn > 5
