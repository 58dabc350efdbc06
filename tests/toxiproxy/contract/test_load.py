"""Many connections, many proxies, peers that misbehave: the embedded server keeps its word and answers its calls."""

from __future__ import annotations

import contextlib
import random
import resource
import socket
import time
from collections.abc import Iterator

import psutil
import pytest

import toxi_fleet
from toxi_end import FIN, PATIENCE, RST
from toxi_fleet import Running
from toxi_load import Calls, memory, settled
from toxi_wire import Wire, listening


@pytest.fixture(scope="module", autouse=True)
def files() -> Iterator[None]:
    """Room for two sockets per connection in this process; the server inherits it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 8192 if hard == resource.RLIM_INFINITY else min(8192, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def wire(own: Running) -> Iterator[Wire]:
    wire = Wire(own.api)
    yield wire
    wire.close()


def test_a_thousand_connections_through_one_proxy(own: Running, wire: Wire) -> None:
    before = psutil.Process(own.process.pid).num_fds()
    with Calls(own.api).meanwhile():
        pairs = [wire.connect() for _ in range(1000)]
        for index, pair in enumerate(pairs):
            pair.client.send(b"%04d" % index)
        for index, pair in enumerate(pairs):
            assert pair.server.read(4) == b"%04d" % index
            pair.server.send(b"re%04d" % index)
        for index, pair in enumerate(pairs):
            assert pair.client.read(6) == b"re%04d" % index
        wire.toxic("latency", latency=10)  # acts on all of them
        pairs[500].server.send(b"x")
        assert pairs[500].client.read(1) == b"x"
    for pair in pairs:
        pair.client.close()
    for pair in pairs:
        assert pair.server.end() == FIN
        pair.server.close()
    assert settled(own, before + 5)


def test_two_hundred_proxies(own: Running, wire: Wire) -> None:
    upstream = "{}:{}".format(*wire.upstream)
    body = [{"name": f"p{index}", "upstream": upstream, "listen": "127.0.0.1:0"} for index in range(200)]
    reply = own.api.ask("POST", "/populate", body)
    assert reply.status == 201
    proxies = reply.json["proxies"]
    assert len({proxy["listen"] for proxy in proxies}) == 200
    with Calls(own.api).meanwhile():
        for index, proxy in enumerate(proxies):
            wire.address = listening(proxy)
            pair = wire.connect()
            pair.client.send(b"%03d" % index)
            assert pair.server.read(3) == b"%03d" % index
        for proxy in proxies:
            own.api.toxic(proxy["name"], "latency")
        assert own.api.ask("POST", "/reset").status == 204
        for proxy in proxies:
            assert own.api.ask("DELETE", f"/proxies/{proxy['name']}").status == 204
    assert list(own.api.ok("GET", "/proxies")) == ["wire"]


@pytest.mark.parametrize("toxic", [None, "latency", "bandwidth", "slicer", "slow_close"])
def test_a_client_that_never_reads_costs_little(own: Running, wire: Wire, toxic: str | None) -> None:
    if toxic:
        given = {"bandwidth": {"rate": 10_000_000}, "slicer": {"average_size": 2000}, "latency": {"latency": 50}}
        wire.toxic(toxic, **given.get(toxic, {"delay": 1}))
    pair = wire.connect(receive=4096)
    before = memory(own)
    pair.server.socket.settimeout(1.5)
    block, sent = bytes(1 << 20), 0
    with Calls(own.api).meanwhile(), contextlib.suppress(TimeoutError):
        while sent < 512 << 20:
            sent += pair.server.socket.send(block)
    assert sent < 256 << 20, "the sender is held back"
    assert memory(own) - before < 128, "a queue of 64 MiB for each latency is the most"
    again = wire.connect()
    again.client.send(b"x")
    assert again.server.read(1) == b"x"


def test_peers_that_never_answer(own: Running, wire: Wire) -> None:
    pairs = [wire.connect() for _ in range(100)]
    with Calls(own.api).meanwhile():
        for pair in pairs:
            pair.client.send(b"anybody?")
        time.sleep(1)
        assert pairs[0].client.quiet(0.1)
    assert own.api.ask("DELETE", "/proxies/wire").status == 204
    assert {pair.client.end() for pair in pairs} <= {FIN, RST}


@pytest.mark.parametrize("how", ["close", "reset"])
def test_an_upstream_that_vanishes_in_mid_body(own: Running, wire: Wire, how: str) -> None:
    before = psutil.Process(own.process.pid).num_fds()
    body = random.Random(7).randbytes(300_000)
    for _ in range(50):
        pair = wire.connect()
        pair.server.send(body[:100_000])
        pair.server.close() if how == "close" else pair.server.reset()
        end = pair.client.end()
        assert end in (FIN, RST)
        # An RST overtakes what the kernel had not delivered; what arrived is a beginning, and a close brings it all.
        assert body.startswith(bytes(pair.client.seen))
        assert how == "reset" or (end, len(pair.client.seen)) == (FIN, 100_000)
        pair.client.close()
    assert settled(own, before + 5)


def test_a_limit_that_closes_while_data_still_come_leaves_nothing(own: Running, wire: Wire) -> None:
    before = psutil.Process(own.process.pid).num_fds()
    wire.toxic("limit_data", "upstream", bytes=1000)
    for _ in range(50):
        pair = wire.connect()
        with pair.client.feed(bytes(200_000)):
            assert pair.server.end() in (FIN, RST)
        assert len(pair.server.seen) == 1000
        pair.close()
    assert settled(own, before + 5)


@pytest.fixture
def keeping() -> Iterator[Running]:
    """A server that keeps whatever one can keep of a connection that is over."""
    running = toxi_fleet.start("embedded", "journal")
    yield running
    running.stop()


def test_memory_stays_flat_over_a_hundred_thousand_connections(
    keeping: Running, request: pytest.FixtureRequest
) -> None:
    wire = Wire(keeping.api)
    request.addfinalizer(wire.close)
    wire.toxic("latency", latency=0)

    def connections(count: int) -> None:
        # Fifty at a time, so that both processes work; resets leave no port behind that waits.
        for _ in range(count // 50):
            clients = []
            for _ in range(50):
                clients.append(socket.create_connection(wire.address, PATIENCE))
                clients[-1].send(b"x")
            for _ in range(50):
                server = wire.accept()
                assert server.read(1) == b"x"
                server.reset()
            for client in clients:
                client.close()
            wire.forget()

    connections(12_000)  # the journal is full, and what Python keeps for reuse is there
    files, start = psutil.Process(keeping.process.pid).num_fds(), memory(keeping)
    deadline, done = time.monotonic() + 60, 0
    while done < 100_000 and time.monotonic() < deadline:
        connections(1000)
        done += 1000
    assert settled(keeping, files + 5)
    assert memory(keeping) - start < 5, f"{done} connections"
    assert done >= 20_000, "on a machine that is too busy for all of them"
