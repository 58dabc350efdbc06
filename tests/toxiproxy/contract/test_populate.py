"""/populate and /reset: lists that are right, half right and wrong, and what becomes of what is there."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from toxi_api import Api, Reply
from toxi_end import FIN
from toxi_fleet import free_port
from toxi_wire import Wire, listening

JSON = "application/json"


def populate(api: Api, *entries: dict[str, Any]) -> Reply:
    return api.ask("POST", "/populate", list(entries))


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "upstream": "127.0.0.1:9", "listen": "127.0.0.1:0", **more}


@pytest.mark.parametrize("body", ["[]", "null"])
def test_nothing_to_the_byte(api: Api, body: str) -> None:
    reply = api.ask("POST", "/populate", body)
    assert (reply.status, reply.type, reply.body) == (201, JSON, b'{"proxies":null}')


def test_a_list_to_the_byte(api: Api) -> None:
    reply = populate(api, entry("b", enabled=False), entry("a", enabled=False))
    text = '{{"name":"{}","listen":"127.0.0.1:0","upstream":"127.0.0.1:9","enabled":false,"Logger":{{}},"toxics":[]}}'
    assert (reply.status, reply.type) == (201, JSON)
    assert reply.body == f'{{"proxies":[{text.format("b")},{text.format("a")}]}}'.encode()
    assert list(api.ok("GET", "/proxies")) == ["a", "b"]


def test_entries_are_enabled_unless_said_otherwise(api: Api) -> None:
    proxies = populate(api, entry("a"), entry("b", enabled=None), entry("c", enabled=True)).json["proxies"]
    assert [proxy["enabled"] for proxy in proxies] == [True, True, True]
    for proxy in proxies:
        socket.create_connection(listening(proxy)).close()


@pytest.mark.parametrize("toxics", [None, [], [{"type": "latency"}], "x", 1])
def test_toxics_in_an_entry_are_ignored(api: Api, toxics: Any) -> None:
    assert populate(api, entry("a", toxics=toxics)).json["proxies"][0]["toxics"] == []


@pytest.mark.parametrize(
    ("second", "error"),
    [
        ({"upstream": "u:1"}, "missing required field: name at proxy 2"),
        ({"name": "", "upstream": "u:1"}, "missing required field: name at proxy 2"),
        ({"name": "b"}, "missing required field: upstream at proxy 2"),
        ({}, "missing required field: name at proxy 2"),
        (None, "missing required field: name at proxy 2"),
    ],
)
def test_a_missing_field_is_found_before_anything_is_done(api: Api, second: Any, error: str) -> None:
    reply = populate(api, entry("a"), second)
    assert (reply.status, reply.type) == (400, JSON)
    assert reply.body == f'{{"error":"{error}","status":400,"proxies":null}}'.encode()
    assert api.ok("GET", "/proxies") == {}


def test_the_first_that_cannot_start_ends_it(api: Api) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        reply = populate(api, entry("a", enabled=False), entry("b", listen=address), entry("c"))
    assert (reply.status, reply.type) == (500, JSON)
    assert list(reply.json) == ["error", "status", "proxies"]
    assert reply.error == f"listen tcp {address}: bind: address already in use"
    assert [proxy["name"] for proxy in reply.json["proxies"]] == ["a"]
    assert list(api.ok("GET", "/proxies")) == ["a"]


def test_what_is_unchanged_keeps_its_connections_its_toxics_and_its_state(wire: Wire) -> None:
    pair = wire.connect()
    wire.toxic("latency", latency=1)
    same = {"name": wire.name, "upstream": "{}:{}".format(*wire.upstream)}
    for host in ("127.0.0.1", "localhost"):
        for more in ({}, {"enabled": False}, {"enabled": True}):
            reply = populate(wire.api, {**same, "listen": f"{host}:{wire.address[1]}", **more})
            assert reply.status == 201
            (proxy,) = reply.json["proxies"]
            assert proxy["enabled"] is True
            assert [toxic["name"] for toxic in proxy["toxics"]] == ["t"]
    pair.client.send(b"alive")
    assert pair.server.read(5) == b"alive"


def test_an_unchanged_disabled_proxy_is_not_enabled(api: Api) -> None:
    made = api.proxy("a", listen=f"127.0.0.1:{free_port()}", enabled=False)
    assert populate(api, entry("a", listen=made["listen"], enabled=True)).json["proxies"][0]["enabled"] is False


@pytest.mark.parametrize("change", ["upstream", "listen"])
def test_what_is_changed_is_replaced_without_its_toxics(wire: Wire, change: str) -> None:
    pair = wire.connect()
    wire.toxic("latency", latency=1)
    same = {"name": wire.name, "upstream": "{}:{}".format(*wire.upstream), "listen": f"127.0.0.1:{wire.address[1]}"}
    (proxy,) = populate(wire.api, {**same, change: f"127.0.0.1:{free_port()}"}).json["proxies"]
    assert (proxy["enabled"], proxy["toxics"]) == (True, [])
    assert (pair.client.end(), pair.server.end()) == (FIN, FIN)


def test_a_replacement_that_cannot_start_leaves_the_old_one_disabled(wire: Wire) -> None:
    wire.toxic("latency", latency=1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        reply = populate(wire.api, entry(wire.name, listen=f"127.0.0.1:{taken.getsockname()[1]}"))
    assert reply.status == 500
    state = wire.api.ok("GET", f"/proxies/{wire.name}")
    assert (state["enabled"], state["listen"]) == (False, f"127.0.0.1:{wire.address[1]}")
    assert [toxic["name"] for toxic in state["toxics"]] == ["t"]


def test_what_is_not_named_is_left_alone(wire: Wire) -> None:
    pair = wire.connect()
    assert populate(wire.api, entry("other")).status == 201
    assert sorted(wire.api.ok("GET", "/proxies")) == ["other", wire.name]
    pair.client.send(b"alive")
    assert pair.server.read(5) == b"alive"


def test_a_name_twice_is_in_the_answer_twice_and_the_last_stays(api: Api) -> None:
    proxies = populate(api, entry("a", upstream="u:1"), entry("a", upstream="u:2")).json["proxies"]
    assert [proxy["name"] for proxy in proxies] == ["a", "a"]
    assert api.ok("GET", "/proxies/a")["upstream"] == "u:2"


def test_reset_enables_all_and_removes_all_toxics(wire: Wire) -> None:
    wire.toxic("noop", name="d")
    wire.toxic("noop", "upstream", name="u")
    wire.api.proxy("off", enabled=False)
    pair = wire.connect()
    reply = wire.api.ask("POST", "/reset")
    assert (reply.status, reply.type, reply.body) == (204, None, b"")
    proxies = wire.api.ok("GET", "/proxies")
    assert [(proxy["enabled"], proxy["toxics"]) for proxy in proxies.values()] == [(True, []), (True, [])]
    pair.client.send(b"alive")
    assert pair.server.read(5) == b"alive"
    socket.create_connection(listening(proxies["off"])).close()


@pytest.mark.parametrize("body", [b"", b"nonsense", b"{}"])
def test_reset_does_not_read_its_body(api: Api, body: bytes) -> None:
    assert api.ask("POST", "/reset", body).status == 204


def test_reset_says_which_proxy_cannot_start(api: Api) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        api.proxy("p", listen=address, enabled=False)
        reply = api.ask("POST", "/reset")
    assert (reply.status, reply.error) == (500, f"listen tcp {address}: bind: address already in use")
    assert api.ask("POST", "/reset").status == 204
    assert api.ok("GET", "/proxies/p")["enabled"] is True
