"""limit_data: exactly `bytes` bytes of its stream pass, then both sides are closed."""

from __future__ import annotations

import pytest

from toxi_end import FIN, OPEN
from toxi_wire import Wire


@pytest.mark.parametrize("limit", [1, 50, 99])
def test_exactly_so_many_pass_in_one_chunk(wire: Wire, stream: str, age: str, limit: int) -> None:
    pair = wire.under(age, "limit_data", stream, bytes=limit)
    sender, receiver = pair.flow(stream)
    before = len(receiver.seen)
    sender.send(bytes(range(100)))
    assert (receiver.end(), sender.end()) == (FIN, FIN)
    assert bytes(receiver.seen[before:]) == bytes(range(limit))


def test_exactly_so_many_pass_in_many_chunks(wire: Wire, stream: str) -> None:
    wire.toxic("limit_data", stream, bytes=35)
    sender, receiver = wire.connect().flow(stream)
    for turn in range(3):
        sender.send(b"0123456789")
        assert receiver.read(10) == b"0123456789", turn
    sender.send(b"0123456789")
    assert receiver.end() == FIN
    assert bytes(receiver.seen[-5:]) == b"01234"


def test_the_last_byte_of_the_limit_closes(wire: Wire) -> None:
    wire.toxic("limit_data", bytes=10)
    pair = wire.connect()
    pair.server.send(b"0123456789")
    assert (pair.client.end(), pair.server.end()) == (FIN, FIN)
    assert bytes(pair.client.seen) == b"0123456789"


def test_the_other_stream_is_not_counted(wire: Wire) -> None:
    wire.toxic("limit_data", "downstream", bytes=10)
    pair = wire.connect()
    pair.client.send(b"x" * 1000)
    assert len(pair.server.read(1000)) == 1000
    pair.server.send(b"y" * 9)
    assert pair.client.read(9) == b"y" * 9
    assert pair.client.end(0.2) == OPEN


def test_a_stream_below_the_limit_ends_as_it_would(wire: Wire, stream: str) -> None:
    wire.toxic("limit_data", stream, bytes=1000)
    sender, receiver = wire.connect().flow(stream)
    sender.send(b"short")
    sender.close()
    assert receiver.end() == FIN
    assert bytes(receiver.seen) == b"short"


def test_zero_closes_on_the_first_data_and_passes_none(wire: Wire, stream: str, age: str) -> None:
    pair = wire.under(age, "limit_data", stream, bytes=0)
    sender, receiver = pair.flow(stream)
    before = len(receiver.seen)
    assert receiver.end(0.2) == OPEN
    sender.send(b"x")
    assert (receiver.end(), sender.end()) == (FIN, FIN)
    assert len(receiver.seen) == before


def test_each_connection_is_counted_by_itself(wire: Wire) -> None:
    wire.toxic("limit_data", bytes=10)
    for pair in [wire.connect() for _ in range(5)]:
        pair.server.send(b"01234")
        assert pair.client.read(5) == b"01234"
        assert pair.client.end(0.02) == OPEN


def test_a_change_keeps_the_count(wire: Wire) -> None:
    wire.toxic("limit_data", bytes=100)
    pair = wire.connect()
    pair.server.send(b"x" * 60)
    assert len(pair.client.read(60)) == 60
    wire.patch(bytes=70)
    pair.server.send(b"y" * 20)
    assert pair.client.end() == FIN
    assert bytes(pair.client.seen) == b"x" * 60 + b"y" * 10


def test_a_change_below_the_count_closes_on_the_next_data(wire: Wire) -> None:
    wire.toxic("limit_data", bytes=100)
    pair = wire.connect()
    pair.server.send(b"x" * 60)
    assert len(pair.client.read(60)) == 60
    wire.patch(bytes=10)
    assert pair.client.end(0.2) == OPEN
    pair.server.send(b"y")
    assert pair.client.end() == FIN
    assert bytes(pair.client.seen) == b"x" * 60


def test_a_new_one_counts_from_zero(wire: Wire) -> None:
    wire.toxic("limit_data", bytes=100)
    pair = wire.connect()
    pair.server.send(b"x" * 60)
    assert len(pair.client.read(60)) == 60
    wire.remove()
    wire.toxic("limit_data", bytes=100)
    pair.server.send(b"y" * 150)
    assert pair.client.end() == FIN
    assert bytes(pair.client.seen) == b"x" * 60 + b"y" * 100


def test_removing_it_lets_everything_pass(wire: Wire) -> None:
    wire.toxic("limit_data", bytes=10)
    pair = wire.connect()
    pair.server.send(b"x" * 5)
    assert len(pair.client.read(5)) == 5
    wire.remove()
    pair.server.send(b"x" * 500)
    assert len(pair.client.read(500)) == 500


@pytest.mark.parametrize("limit", [-1, -(2**63)])
def test_a_negative_limit_is_a_limit_of_nothing(wire: Wire, limit: int) -> None:
    wire.toxic("limit_data", bytes=limit)
    pair = wire.connect()
    pair.server.send(b"x")
    assert (pair.client.end(), bytes(pair.client.seen)) == (FIN, b"")
