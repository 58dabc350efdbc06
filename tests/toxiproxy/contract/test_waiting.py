"""Where the real server keeps control calls waiting, at times for ever: the embedded one answers at once.

The real one would take other tests along, so these run on the embedded server alone; `docs/toxiproxy.md` lists them.
"""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from toxi_api import Api
from toxi_end import FIN, RST, Pair, Watch
from toxi_fleet import EMBEDDED_ONLY
from toxi_wire import Wire

pytestmark = EMBEDDED_ONLY
DATA = random.Random(3).randbytes(300_000)
AT_ONCE = 2.0
"""Seconds for a control call on a busy machine; where the real server hangs it is for 5 s, 25 s or ever."""


def quick(api: Api, method: str, path: str, body: Any = None) -> int:
    watch = Watch()
    status = api.ask(method, path, body, patience=10).status
    assert watch.seconds < AT_ONCE, f"{method} {path} took {watch.seconds:.2f} s"
    return status


@pytest.fixture
def stuck(wire: Wire) -> Iterator[Pair]:
    """A client that doesn't read, with data queued for it."""
    wire.toxic("latency", name="first", latency=1)
    pair = wire.connect(receive=4096)
    pair.server.socket.setblocking(False)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:  # until nothing more goes in
        try:
            pair.server.socket.send(DATA)
        except BlockingIOError:
            time.sleep(0.1)
            try:
                pair.server.socket.send(DATA)
            except BlockingIOError:
                break
    yield pair
    pair.close()


def test_a_client_that_does_not_read_holds_up_no_call(wire: Wire, stuck: Pair) -> None:
    path = "/proxies/wire"
    assert quick(wire.api, "POST", f"{path}/toxics", {"type": "slicer", "name": "n"}) == 200
    assert quick(wire.api, "PATCH", f"{path}/toxics/first", {"attributes": {"latency": 2}}) == 200
    assert quick(wire.api, "DELETE", f"{path}/toxics/n") == 204
    assert quick(wire.api, "GET", path) == 200
    assert quick(wire.api, "GET", "/proxies") == 200
    assert quick(wire.api, "POST", "/reset") == 204
    again = wire.connect()
    again.client.send(b"new clients are served")
    assert again.server.read(22) == b"new clients are served"


def test_a_client_that_goes_away_while_it_was_stuck(wire: Wire, stuck: Pair) -> None:
    assert quick(wire.api, "POST", "/proxies/wire/toxics", {"type": "noop"}) == 200
    stuck.client.close()
    assert stuck.server.end() in (FIN, RST)
    assert quick(wire.api, "DELETE", "/proxies/wire/toxics/first") == 204
    assert quick(wire.api, "GET", "/proxies/wire") == 200


@pytest.mark.parametrize("how", ["disable", "delete", "move"])
def test_a_proxy_with_a_stuck_client_can_be_stopped(wire: Wire, stuck: Pair, how: str) -> None:
    if how == "delete":
        assert quick(wire.api, "DELETE", "/proxies/wire") == 204
    else:
        change = {"enabled": False} if how == "disable" else {"upstream": "127.0.0.1:9"}
        assert quick(wire.api, "PATCH", "/proxies/wire", change) == 200
        assert quick(wire.api, "GET", "/proxies/wire") == 200
    assert stuck.server.end() in (FIN, RST)


@pytest.fixture
def unanswered(wire: Wire) -> Iterator[Wire]:
    """An upstream that answers no SYN: its backlog is full."""
    held = []
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(8):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(full.getsockname())
            held.append(one)
        time.sleep(0.2)
        wire.set(upstream=f"127.0.0.1:{full.getsockname()[1]}")
        yield wire
        for one in held:
            one.close()


def test_a_pending_dial_holds_up_neither_calls_nor_other_clients(unanswered: Wire) -> None:
    wire = unanswered
    first = wire.client()
    assert first.quiet(0.3), "the proxy accepts before it dials"
    assert quick(wire.api, "POST", "/proxies/wire/toxics", {"type": "noop"}) == 200
    assert quick(wire.api, "GET", "/proxies") == 200
    assert quick(wire.api, "PATCH", "/proxies/wire", {"enabled": False}) == 200
    assert first.end(10) in (FIN, RST)
    assert quick(wire.api, "PATCH", "/proxies/wire", {"enabled": True}) == 200
    second = wire.client()
    assert quick(wire.api, "PATCH", "/proxies/wire", {"upstream": "{}:{}".format(*wire.upstream)}) == 200
    assert second.end(10) in (FIN, RST)
    pair = wire.connect()
    pair.client.send(b"served")
    assert pair.server.read(6) == b"served"


def test_a_proxy_with_a_pending_dial_can_be_deleted(unanswered: Wire) -> None:
    client = unanswered.client()
    assert quick(unanswered.api, "DELETE", "/proxies/wire") == 204
    assert client.end(10) in (FIN, RST)
    assert quick(unanswered.api, "GET", "/proxies") == 200


def test_the_wait_of_a_reset_can_be_cut_short(wire: Wire) -> None:
    wire.toxic("reset_peer", timeout=60_000)
    pair = wire.connect()
    pair.server.send(b"x")
    assert pair.client.quiet(0.2)
    assert quick(wire.api, "POST", "/proxies/wire/toxics", {"type": "noop", "name": "n"}) == 200
    assert quick(wire.api, "PATCH", "/proxies/wire/toxics/t", {"attributes": {"timeout": 50_000}}) == 200
    assert quick(wire.api, "DELETE", "/proxies/wire/toxics/t") == 204
    assert quick(wire.api, "GET", "/proxies/wire") == 200
