"""toxicity: drawn once for each connection, and what order toxics act in."""

from __future__ import annotations

import pytest

from toxi_end import FIN, OPEN, SOON, Pair, Watch
from toxi_fleet import EMBEDDED_ONLY
from toxi_wire import Wire


def hit(pair: Pair) -> bool:
    """Whether a limit of 0 bytes acts on this connection."""
    pair.server.send(b"x")
    return pair.client.read(1) == b""


@pytest.mark.parametrize(("toxicity", "expected"), [(0, False), (-1, False), (1, True), (2, True)])
def test_never_and_always(wire: Wire, toxicity: float, expected: bool, age: str) -> None:
    for _ in range(5):
        assert hit(wire.under(age, "limit_data", toxicity=toxicity, bytes=0)) is expected
        wire.remove()


def test_in_between_it_is_a_part_of_the_connections(wire: Wire) -> None:
    wire.toxic("limit_data", toxicity=0.5, bytes=0)
    hits = sum(hit(wire.connect()) for _ in range(80))
    assert 12 < hits < 68  # beyond that: 1 in 10^9


def test_the_draw_holds_for_all_the_data_of_a_connection(wire: Wire) -> None:
    wire.toxic("limit_data", toxicity=0.5, bytes=0)
    spared = [pair for pair in (wire.connect() for _ in range(20)) if not hit(pair)]
    for pair in spared[:10]:
        for _ in range(20):
            assert not hit(pair)


def test_a_change_of_toxicity_acts_on_open_connections(wire: Wire) -> None:
    wire.toxic("limit_data", toxicity=0, bytes=0)
    pairs = [wire.connect() for _ in range(5)]
    assert not any(hit(pair) for pair in pairs)
    wire.patch(toxicity=1)
    assert all(hit(pair) for pair in pairs)


@EMBEDDED_ONLY
def test_the_draw_survives_changes_of_other_toxics(wire: Wire) -> None:
    wire.toxic("limit_data", toxicity=0.5, bytes=0)
    spared = [pair for pair in (wire.connect() for _ in range(40)) if not hit(pair)]
    assert len(spared) > 3
    for _ in range(5):
        wire.toxic("noop", name="behind")
        wire.remove("behind")
    assert not any(hit(pair) for pair in spared)


def test_a_limit_in_front_of_a_slow_close_is_delayed_by_it(wire: Wire) -> None:
    wire.toxic("limit_data", name="l", bytes=10)
    wire.toxic("slow_close", name="s", delay=1000)
    pair = wire.connect()
    watch = Watch()
    pair.server.send(b"x" * 20)
    assert pair.client.read(10) == b"x" * 10
    assert pair.client.end() == FIN
    assert 0.99 <= watch.seconds < 1 + SOON


def test_a_limit_behind_a_slow_close_is_not(wire: Wire) -> None:
    wire.toxic("slow_close", name="s", delay=60_000)
    wire.toxic("limit_data", name="l", bytes=10)
    pair = wire.connect()
    pair.server.send(b"x" * 20)
    assert pair.client.end(10) == FIN
    assert bytes(pair.client.seen) == b"x" * 10


def test_a_timeout_in_front_keeps_a_limit_from_counting(wire: Wire) -> None:
    wire.toxic("timeout", name="t", timeout=0)
    wire.toxic("limit_data", name="l", bytes=0)
    pair = wire.connect()
    pair.server.send(b"lost")
    assert pair.client.end(0.3) == OPEN


def test_a_limit_in_front_of_a_timeout_closes(wire: Wire) -> None:
    wire.toxic("limit_data", name="l", bytes=0)
    wire.toxic("timeout", name="t", timeout=0)
    pair = wire.connect()
    pair.server.send(b"lost")
    assert pair.client.end(10) == FIN


def test_the_streams_have_toxics_of_their_own(wire: Wire) -> None:
    wire.toxic("limit_data", "upstream", name="u", bytes=3)
    wire.toxic("limit_data", "downstream", name="d", bytes=5)
    pair = wire.connect()
    pair.server.send(b"1234")
    assert pair.client.read(4) == b"1234"
    pair.client.send(b"12")
    assert pair.server.read(2) == b"12"
    pair.server.send(b"56")
    assert (pair.client.end(), pair.server.end()) == (FIN, FIN)
    assert bytes(pair.client.seen) == b"12345"


@pytest.mark.parametrize("type", ["noop", "latency", "slow_close"])
def test_a_toxic_that_does_nothing(wire: Wire, type: str, stream: str, age: str) -> None:
    sender, receiver = wire.under(age, type, stream).flow(stream)
    sender.send(b"passes")
    assert receiver.read(6) == b"passes"
    sender.close()
    assert receiver.end() == FIN
