"""What the embedded server does beyond the real one, asked for, on the wire. The real one refuses all of it."""

from __future__ import annotations

import http.client
import http.server
import random
import select
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import toxi_fleet
from toxi_api import Api
from toxi_end import FIN, PATIENCE, RST, End, Pair
from toxi_fleet import Running
from toxi_wire import Wire, listening

BODY = random.Random(11).randbytes(2 << 20)
SMALL = 20_000
"""Bytes that fit into any socket's buffer, so that a reset does not overtake them."""

ENDS = {0: FIN, 1: RST}


@pytest.fixture
def extra(own: Running) -> Iterator[Wire]:
    """A proxy of an embedded server."""
    wire = Wire(own.api)
    yield wire
    wire.close()


@pytest.mark.toxiproxy
@pytest.mark.parametrize("type_", ["close_reused", "fail_first", "reset_data"])
@pytest.mark.parametrize("server", ["real"], indirect=True)
def test_the_real_one_has_no_such_toxics(api: Api, type_: str) -> None:
    api.proxy("p")
    reply = api.ask("POST", "/proxies/p/toxics", {"type": type_})
    assert (reply.status, reply.error) == (400, "invalid toxic type")


@pytest.mark.parametrize(
    ("type_", "attributes"),
    [
        ("close_reused", {"requests": 0, "reset": 0}),
        ("fail_first", {"connections": 0, "reset": 0}),
        ("reset_data", {"bytes": 0}),
    ],
)
def test_they_are_toxics_like_all_others(extra: Wire, type_: str, attributes: dict[str, int]) -> None:
    path = "/proxies/wire/toxics"
    added = extra.api.ok("POST", path, {"type": type_, "toxicity": 0})
    name = f"{type_}_downstream"
    expected = {"attributes": attributes, "name": name, "type": type_, "stream": "downstream", "toxicity": 0}
    assert added == expected
    first = next(iter(attributes))
    changed = extra.api.patch("wire", name, attributes={first: 7})
    assert changed == {**expected, "attributes": {**attributes, first: 7}}
    wrong = extra.api.ask("PATCH", f"{path}/{name}", {"attributes": {first: "x"}})
    assert (wrong.status, f"attributes.{first} of type" in wrong.error) == (400, True)
    pair = extra.connect()
    pair.server.send(b"x")
    assert pair.client.read(1) == b"x", "toxicity 0 spares all"
    extra.remove(name)
    assert extra.api.ok("GET", path) == []


def ended(wire: Wire) -> str:
    """How a connection ends whose client says nothing."""
    with socket.socket() as client:
        client.settimeout(PATIENCE)
        try:
            client.connect(wire.address)
        except ConnectionResetError:  # so soon that the connect has not returned yet
            return RST
        return End(client).end()


class TestFailFirst:
    @pytest.mark.parametrize("reset", [0, 1])
    def test_only_the_first_that_are_opened_under_it(self, extra: Wire, reset: int) -> None:
        older = extra.connect()
        extra.toxic("fail_first", connections=2, reset=reset)
        for _ in range(2):
            assert ended(extra) == ENDS[reset]
        for pair in (older, extra.connect()):
            pair.client.send(b"served")
            assert pair.server.read(6) == b"served", "and the upstream saw none of the two"

    def test_a_change_keeps_the_count_and_a_new_one_starts_it(self, extra: Wire) -> None:
        extra.toxic("fail_first", connections=1)
        assert ended(extra) == FIN
        assert extra.connect()
        extra.patch(connections=3)  # two were opened, so one more fails
        assert ended(extra) == FIN
        assert extra.connect()
        extra.remove()
        extra.toxic("fail_first", connections=1)
        assert ended(extra) == FIN
        assert extra.connect()

    def test_the_first_of_each_proxy(self, extra: Wire) -> None:
        extra.toxic("fail_first", connections=1)
        other = Wire(extra.api, "other")
        other.toxic("fail_first", connections=1)
        for wire in (extra, other):
            assert ended(wire) == FIN
            assert wire.connect()
        other.close()


class Answering(http.server.BaseHTTPRequestHandler):
    """Keeps its connections and answers with what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """No line for each request."""


@pytest.fixture
def shop(own: Running) -> Iterator[Callable[[], http.client.HTTPConnection]]:
    """Connections of an HTTP client to an HTTP server behind the proxy `web`."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    proxy = own.api.proxy("web", "{}:{}".format(*server.server_address[:2]))
    made: list[http.client.HTTPConnection] = []

    def connect() -> http.client.HTTPConnection:
        made.append(http.client.HTTPConnection(*listening(proxy), timeout=15))
        return made[-1]

    yield connect
    for one in made:
        one.close()
    own.api.ok("DELETE", "/proxies/web")
    server.shutdown()
    thread.join()
    server.server_close()


def ask(connection: http.client.HTTPConnection, body: bytes = b"hello") -> bytes:
    connection.request("POST", "/", body)
    return connection.getresponse().read()


class TestCloseReused:
    @pytest.mark.parametrize("reset", [0, 1])
    def test_a_kept_connection_of_an_http_client(
        self, own: Running, shop: Callable[[], http.client.HTTPConnection], reset: int
    ) -> None:
        own.api.toxic("web", "close_reused", stream="upstream", attributes={"requests": 2, "reset": reset})
        for _ in range(3):
            kept = shop()
            assert ask(kept) == ask(kept) == b"hello"
            with pytest.raises(ConnectionResetError if reset else http.client.RemoteDisconnected) as seen:
                ask(kept)
            assert isinstance(seen.value, http.client.RemoteDisconnected) is not bool(reset)

    def test_a_large_request_with_a_large_answer_is_one(
        self, own: Running, shop: Callable[[], http.client.HTTPConnection]
    ) -> None:
        own.api.toxic("web", "close_reused", stream="upstream")
        connection = shop()
        assert ask(connection, BODY) == BODY
        with pytest.raises(ConnectionError):
            ask(connection)

    def test_a_connection_that_is_older(self, own: Running, shop: Callable[[], http.client.HTTPConnection]) -> None:
        older = shop()
        assert ask(older) == ask(older) == b"hello"
        own.api.toxic("web", "close_reused", stream="upstream", attributes={"requests": 1})
        assert ask(older) == b"hello", "it counts from when it came"
        with pytest.raises(ConnectionError):
            ask(older)

    def test_it_is_over_when_it_is_removed(self, own: Running, shop: Callable[[], http.client.HTTPConnection]) -> None:
        own.api.toxic("web", "close_reused", stream="upstream", name="t")
        kept = shop()
        assert ask(kept) == b"hello"
        own.api.remove("web", "t")
        assert ask(kept) == ask(kept) == b"hello"


class TestResetData:
    def flowing(self, wire: Wire, stream: str) -> Pair:
        """A connection that has carried a beginning of the body already."""
        pair = wire.connect()
        sender, receiver = pair.flow(stream)
        sender.send(BODY[:SMALL])
        assert receiver.read(SMALL) == BODY[:SMALL]
        return pair

    def test_in_the_middle_of_a_body_that_is_under_way(self, extra: Wire, stream: str) -> None:
        pair = self.flowing(extra, stream)
        sender, receiver = pair.flow(stream)
        extra.toxic("reset_data", stream, bytes=SMALL)
        sender.send(BODY[SMALL : 4 * SMALL])
        assert receiver.end() == RST
        assert bytes(receiver.seen) == BODY[: 2 * SMALL], "exactly so many since it came"
        assert sender.end() == RST

    def test_a_beginning_arrives_in_order_however_much_passes(self, extra: Wire, stream: str) -> None:
        extra.toxic("reset_data", stream, bytes=1_000_000)
        sender, receiver = extra.connect().flow(stream)
        with sender.feed(BODY):
            assert receiver.end() == RST
        # What is in the kernels when the RST comes is lost, as between any two ends.
        assert len(receiver.seen) <= 1_000_000
        assert BODY.startswith(bytes(receiver.seen))

    def test_a_limit_that_is_lowered_below_the_count(self, extra: Wire, stream: str) -> None:
        extra.toxic("reset_data", stream, bytes=10 * SMALL)
        pair = self.flowing(extra, stream)
        sender, receiver = pair.flow(stream)
        extra.patch(bytes=1)
        sender.send(b"x")
        assert receiver.end() == RST
        assert bytes(receiver.seen) == BODY[:SMALL]

    def test_the_other_direction_passes_until_then(self, extra: Wire, stream: str) -> None:
        extra.toxic("reset_data", stream, bytes=5)
        sender, receiver = extra.connect().flow(stream)
        receiver.send(b"much more than five")
        assert sender.read(19) == b"much more than five"


@pytest.fixture
def started() -> Iterator[Callable[..., Running]]:
    """Starts embedded servers with options; they end with the test."""
    running: list[Running] = []

    def start(*options: str) -> Running:
        running.append(toxi_fleet.start("embedded", *options))
        return running[-1]

    yield start
    for one in running:
        one.stop()


class TestSeed:
    def passed(self, server: Running, type_: str, connections: int = 30, **toxic: Any) -> list[bool]:
        """On which connections, in order, a byte got through; a toxic that hits keeps it for many seconds."""
        wire = Wire(server.api)
        server.api.toxic(wire.name, type_, name="t", **toxic)
        pairs = [wire.connect() for _ in range(connections)]
        for pair in pairs:
            pair.server.send(b"x")
        waiting = {pair.client.socket: index for index, pair in enumerate(pairs)}
        through = set()
        while ready := select.select(list(waiting), [], [], 1.5)[0]:
            through |= {waiting.pop(one) for one in ready}
        wire.close()
        return [index in through for index in range(connections)]

    @pytest.mark.parametrize(
        "toxic",
        [
            {"type_": "timeout", "toxicity": 0.5},
            # The sum is negative for about half of the chunks, which are not delayed then.
            {"type_": "latency", "attributes": {"jitter": 1 << 40}},
        ],
        ids=["toxicity", "jitter"],
    )
    def test_it_repeats_the_draws(self, started: Callable[..., Running], toxic: dict[str, Any]) -> None:
        first = self.passed(started("seed=7"), **toxic)
        assert 3 < sum(first) < 27
        assert self.passed(started("seed=7"), **toxic) == first
        assert self.passed(started("seed=8"), **toxic) != first

    def test_without_one_they_differ(self, started: Callable[..., Running]) -> None:
        patterns = [self.passed(started(), "timeout", toxicity=0.5) for _ in range(2)]
        assert patterns[0] != patterns[1]


class TestPopulate:
    def entry(self, wire: Wire, **toxic: Any) -> dict[str, Any]:
        return {
            "name": "made",
            "listen": "127.0.0.1:0",
            "upstream": "{}:{}".format(*wire.upstream),
            "toxics": [{"type": "limit_data", "attributes": {"bytes": 3}, **toxic}],
        }

    @pytest.mark.parametrize("options", [(), ("populate_toxics",)])
    def test_its_toxics_act_from_the_first_connection(
        self, started: Callable[..., Running], options: tuple[str, ...]
    ) -> None:
        wire = Wire(started(*options).api)
        (made,) = wire.api.ok("POST", "/populate", [self.entry(wire)])["proxies"]
        wire.address = listening(made)
        pair = wire.connect()
        pair.server.send(b"12345")
        assert pair.client.read(5) == (b"123" if options else b"12345")
        wire.close()

    def test_a_proxy_that_is_replaced_has_only_the_new_ones(self, started: Callable[..., Running]) -> None:
        wire = Wire(started("populate_toxics").api)
        wire.api.ok("POST", "/populate", [self.entry(wire, name="old")])
        wire.api.ok("POST", "/populate", [self.entry(wire, name="new")])
        assert [toxic["name"] for toxic in wire.api.ok("GET", "/proxies/made/toxics")] == ["new"]
        wire.close()
