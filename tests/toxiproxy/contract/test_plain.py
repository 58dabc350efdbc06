"""A proxy without toxics: what either end sees of the other, and of an upstream that is not there."""

from __future__ import annotations

import random
import socket

import pytest

from toxi_api import Api
from toxi_end import FIN, OPEN, RST, Watch
from toxi_fleet import free_port
from toxi_wire import Wire

BULK = random.Random(1).randbytes(8 << 20)


def test_bytes_pass_both_ways(wire: Wire) -> None:
    pair = wire.connect()
    for turn in range(200):
        pair.client.send(b"question %d" % turn)
        assert pair.server.read(len(b"question %d" % turn)) == b"question %d" % turn
        pair.server.send(b"answer %d" % turn)
        assert pair.client.read(len(b"answer %d" % turn)) == b"answer %d" % turn


def test_bulk_passes_whole_and_the_end_comes_after_it(wire: Wire, stream: str) -> None:
    pair = wire.connect()
    sender, receiver = pair.flow(stream)

    with sender.feed(BULK):
        assert receiver.read(len(BULK), 60) == BULK
    sender.close()
    assert receiver.end() == FIN
    assert bytes(receiver.seen) == BULK


def test_bulk_both_ways_at_once(wire: Wire) -> None:
    pair = wire.connect()
    with pair.client.feed(BULK), pair.server.feed(BULK[::-1]):
        # One end is read to its end while the other waits: the two directions don't hold each other up.
        assert pair.server.read(len(BULK), 60) == BULK
        assert pair.client.read(len(BULK), 60) == BULK[::-1]


def test_the_server_sends_and_closes_at_once(wire: Wire) -> None:
    for _ in range(20):
        pair = wire.connect()
        pair.server.send(BULK[:100_000])
        pair.server.close()
        assert pair.client.end() == FIN
        assert bytes(pair.client.seen) == BULK[:100_000]


def test_a_close_is_seen_on_the_other_side(wire: Wire, stream: str) -> None:
    sender, receiver = wire.connect().flow(stream)
    assert receiver.quiet(0.2)
    sender.close()
    assert receiver.end() == FIN


def test_an_rst_of_either_side_becomes_a_fin(wire: Wire, stream: str) -> None:
    sender, receiver = wire.connect().flow(stream)
    sender.send(b"part")
    assert receiver.read(4) == b"part"
    sender.reset()
    assert receiver.end() == FIN


def test_a_half_close_closes_the_whole(wire: Wire) -> None:
    pair = wire.connect()
    pair.client.send(b"last words")
    pair.client.socket.shutdown(socket.SHUT_WR)
    assert pair.server.end() == FIN
    assert bytes(pair.server.seen) == b"last words"
    assert pair.client.end() == FIN, "no answer can come any more"


def test_a_half_close_by_the_server_delivers_everything(wire: Wire) -> None:
    pair = wire.connect()
    pair.server.send(b"all of it")
    pair.server.socket.shutdown(socket.SHUT_WR)
    assert pair.client.end() == FIN
    assert bytes(pair.client.seen) == b"all of it"


def test_an_upstream_that_refuses_is_an_empty_close(wire: Wire) -> None:
    wire.upstream_gone()
    client = wire.client()
    watch = Watch()
    assert (client.end(), bytes(client.seen)) == (FIN, b"")
    assert watch.seconds < 3


def test_an_upstream_that_refuses_a_client_that_writes_at_once(wire: Wire) -> None:
    wire.upstream_gone()
    for _ in range(10):
        client = wire.client()
        client.send(b"GET / HTTP/1.1\r\n\r\n")
        assert client.end() in (FIN, RST)
        assert not client.seen


@pytest.mark.parametrize("upstream", ["nosuch.invalid:80", "127.0.0.1", "127.0.0.1:99999", "nonsense"])
def test_an_upstream_that_makes_no_sense_is_an_empty_close(wire: Wire, upstream: str) -> None:
    wire.set(upstream=upstream)
    client = wire.client()
    assert client.end(60) == FIN
    assert not client.seen


def test_the_upstream_is_resolved_for_each_connection(wire: Wire) -> None:
    wire.set(upstream=f"localhost:{wire.upstream[1]}")
    for _ in range(2):
        pair = wire.connect()
        pair.client.send(b"x")
        assert pair.server.read(1) == b"x"


def test_an_upstream_that_comes_back_is_found(wire: Wire) -> None:
    port = free_port()
    wire.set(upstream=f"127.0.0.1:{port}")
    assert wire.client().end() == FIN
    with socket.create_server(("127.0.0.1", port)) as late:
        client = wire.client()
        late.settimeout(10)
        server = late.accept()[0]
        server.sendall(b"hello")
        assert client.read(5) == b"hello"
        server.close()


def test_connections_do_not_know_of_each_other(wire: Wire) -> None:
    pairs = [wire.connect() for _ in range(20)]
    for index, pair in enumerate(pairs):
        pair.client.send(b"%03d" % index)
    for index, pair in reversed(list(enumerate(pairs))):
        assert pair.server.read(3) == b"%03d" % index
    pairs[7].server.reset()
    assert pairs[7].client.end() == FIN
    assert pairs[8].client.end(0.2) == OPEN


def test_a_thousand_short_connections(wire: Wire) -> None:
    for index in range(1000):
        pair = wire.connect()
        pair.client.send(b"%d" % index)
        pair.client.close()
        assert pair.server.end() == FIN
        assert bytes(pair.server.seen) == b"%d" % index
        pair.server.close()


def test_a_port_can_be_bound_again_at_once(api: Api) -> None:
    listen = f"127.0.0.1:{free_port()}"
    for _ in range(10):
        api.proxy(listen=listen)
        socket.create_connection(("127.0.0.1", int(listen.rsplit(":")[1]))).close()
        api.clear()
