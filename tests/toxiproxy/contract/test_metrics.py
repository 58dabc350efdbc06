"""The counters of bytes, in the text form that Prometheus reads."""

from __future__ import annotations

import gzip
import re
import time
from typing import Any

import pytest

from toxi_api import Api
from toxi_end import FIN
from toxi_fleet import EMBEDDED_ONLY
from toxi_wire import Wire

LINE = re.compile(r"^toxiproxy_proxy_(received|sent)_bytes_total\{(.*)\} (\S+)$")


def counters(wire: Wire) -> dict[tuple[str, str], float]:
    """(direction, which) → bytes, for this proxy."""
    found = {}
    for line in wire.api.ask("GET", "/metrics").body.decode().splitlines():
        if match := LINE.match(line):
            labels = dict(re.findall(r'(\w+)="([^"]*)"', match[2]))
            if labels["listener"] == "{}:{}".format(*wire.address):
                assert sorted(labels) == ["direction", "listener", "proxy", "upstream"]
                assert (labels["proxy"], labels["upstream"]) == (wire.name, "{}:{}".format(*wire.upstream))
                found[labels["direction"], match[1]] = float(match[3])
    return found


def until(wire: Wire, wanted: dict[Any, float]) -> None:
    deadline = time.monotonic() + 10
    while counters(wire) != wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    assert counters(wire) == wanted


def test_bytes_of_both_directions_are_counted(wire: Wire) -> None:
    pair = wire.connect()
    pair.client.send(b"x" * 100)
    assert pair.server.read(100)
    pair.server.send(b"y" * 40_000)
    assert pair.client.read(40_000)
    pair.client.close()
    assert pair.server.end() == FIN
    until(
        wire,
        {
            ("upstream", "received"): 100,
            ("upstream", "sent"): 100,
            ("downstream", "received"): 40_000,
            ("downstream", "sent"): 40_000,
        },
    )


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_any_method_gets_the_text_form(api: Api, method: str) -> None:
    reply = api.ask(method, "/metrics")
    assert reply.status == 200
    assert reply.type is not None and reply.type.startswith("text/plain; version=0.0.4; charset=utf-8")


def test_each_family_has_its_help_and_type(wire: Wire) -> None:
    pair = wire.connect()
    pair.client.send(b"x")
    pair.server.read(1)
    pair.client.close()
    pair.server.end()
    until(wire, {(d, w): n for d, n in (("upstream", 1), ("downstream", 0)) for w in ("received", "sent")})
    text = wire.api.ask("GET", "/metrics").body.decode()
    for which in ("received", "sent"):
        assert f"# TYPE toxiproxy_proxy_{which}_bytes_total counter\n" in text
        assert f"# HELP toxiproxy_proxy_{which}_bytes_total " in text


def test_gzip_if_asked(api: Api) -> None:
    reply = api.ask("GET", "/metrics", headers={"Accept-Encoding": "gzip"})
    assert reply.headers.get("content-encoding") == "gzip"
    gzip.decompress(reply.body).decode()


@EMBEDDED_ONLY
def test_the_counters_move_while_a_connection_is_open(wire: Wire) -> None:
    pair = wire.connect()
    pair.client.send(b"x" * 100)
    assert pair.server.read(100)
    deadline = time.monotonic() + 5
    while counters(wire).get(("upstream", "received")) != 100:
        assert time.monotonic() < deadline, counters(wire)
        time.sleep(0.02)
