"""Changing a proxy: what is kept, what is restarted, what becomes of its connections and its port."""

from __future__ import annotations

import socket

import pytest

from toxi_api import Api
from toxi_end import FIN
from toxi_fleet import EMBEDDED_ONLY, free_port
from toxi_wire import Wire, listening

METHODS = pytest.mark.parametrize("method", ["PATCH", "POST"])


@METHODS
def test_only_what_is_given_changes(api: Api, method: str) -> None:
    made = api.proxy()
    path = "/proxies/p"
    assert api.ok(method, path, {}) == made
    assert api.ok(method, path, {"upstream": "other:2"}) == {**made, "upstream": "other:2"}
    assert api.ok(method, path, {"enabled": False}) == {**made, "upstream": "other:2", "enabled": False}
    assert api.ok(method, path, {"name": "q", "toxics": [{"type": "latency"}], "unknown": 1})["name"] == "p"
    assert api.ok("GET", path) == {**made, "upstream": "other:2", "enabled": False}
    assert api.ok(method, path, {"upstream": ""})["upstream"] == ""


def test_disabling_and_enabling_keeps_the_port(api: Api) -> None:
    made = api.proxy()
    assert api.ok("PATCH", "/proxies/p", {"enabled": False}) == {**made, "enabled": False}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(listening(made))
    assert api.ok("PATCH", "/proxies/p", {"enabled": False}) == {**made, "enabled": False}
    assert api.ok("PATCH", "/proxies/p", {"enabled": True}) == made
    assert api.ok("PATCH", "/proxies/p", {"enabled": True}) == made
    socket.create_connection(listening(made)).close()


def test_disabling_closes_what_is_open_and_keeps_toxics(wire: Wire) -> None:
    pair = wire.connect()
    pair.client.send(b"before")
    assert pair.server.read(6) == b"before"
    wire.toxic("latency", latency=1)
    assert [toxic["name"] for toxic in wire.set(enabled=False)["toxics"]] == ["t"]
    assert (pair.client.end(), pair.server.end()) == (FIN, FIN)
    assert wire.refused()
    wire.set(enabled=True)
    again = wire.connect()
    again.client.send(b"after")
    assert again.server.read(5) == b"after"


def test_deleting_closes_what_is_open(wire: Wire) -> None:
    pair = wire.connect()
    wire.api.ok("DELETE", "/proxies/wire")
    assert (pair.client.end(), pair.server.end()) == (FIN, FIN)
    assert wire.refused()


@pytest.mark.parametrize("change", ["upstream", "listen"])
def test_a_real_change_closes_connections_and_keeps_toxics(wire: Wire, change: str) -> None:
    pair = wire.connect()
    wire.toxic("latency", latency=1)
    with socket.create_server(("127.0.0.1", 0)) as other:
        value = "127.0.0.1:{}".format(other.getsockname()[1] if change == "upstream" else free_port())
        changed = wire.set(**{change: value})
        assert changed[change] == value and changed["enabled"] is True
        assert [toxic["name"] for toxic in changed["toxics"]] == ["t"]
        assert (pair.client.end(), pair.server.end()) == (FIN, FIN)
        with socket.create_connection(listening(changed)) as client:
            client.sendall(b"x")
            if change == "upstream":
                other.settimeout(10)
                server = other.accept()[0]
                server.settimeout(10)
                assert server.recv(1) == b"x"
                server.close()
            else:
                assert wire.accept().read(1) == b"x"
                assert wire.refused(), "the old port is closed"


def test_the_same_address_in_other_words_is_no_change(wire: Wire) -> None:
    pair = wire.connect()
    port = wire.address[1]
    upstream = "{}:{}".format(*wire.upstream)
    changes = [{"listen": f"localhost:{port}"}, {"listen": f"127.0.0.1:{port}", "upstream": upstream, "enabled": True}]
    for change in changes:
        assert wire.set(**change)["listen"] == f"127.0.0.1:{port}"
    pair.client.send(b"alive")
    assert pair.server.read(5) == b"alive"


def test_a_port_that_is_taken(wire: Wire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        text = f'{{"error":"listen tcp {address}: bind: address already in use","status":500}}\n'.encode()
        made = wire.api.ask("POST", "/proxies", {"name": "new", "upstream": "u:1", "listen": address})
        assert (made.status, made.type, made.body) == (500, "text/plain; charset=utf-8", text)
        assert list(wire.api.ok("GET", "/proxies")) == ["wire"], "what could not start is not there"
        moved = wire.api.ask("PATCH", "/proxies/wire", {"listen": address})
        assert (moved.status, moved.type, moved.body) == (500, "text/plain; charset=utf-8", text)
    state = wire.api.ok("GET", "/proxies/wire")
    assert (state["enabled"], state["listen"]) == (False, address)
    assert wire.refused(), "the old port is closed"
    mended = wire.set(listen="127.0.0.1:0", enabled=True)
    assert mended["enabled"] is True
    socket.create_connection(listening(mended)).close()


BAD = [
    ("x", "address x: missing port in address"),
    ("127.0.0.1", "address 127.0.0.1: missing port in address"),
    ("::1:80", "address ::1:80: too many colons in address"),
    ("[::1", "address [::1: missing ']' in address"),
    ("[::1]", "address [::1]: missing port in address"),
    ("127.0.0.1:99999", "address 99999: invalid port"),
    ("127.0.0.1:-1", "address -1: invalid port"),
    ("127.0.0.1:nosuch", "lookup tcp/nosuch: unknown port"),
]


@pytest.mark.parametrize(("listen", "text"), BAD)
def test_a_bad_listen_address(api: Api, listen: str, text: str) -> None:
    made = api.ask("POST", "/proxies", {"name": "p", "upstream": "u:1", "listen": listen})
    assert (made.status, made.error) == (500, f"listen tcp: {text}")
    assert api.ok("GET", "/proxies") == {}
    api.proxy()
    changed = api.ask("PATCH", "/proxies/p", {"listen": listen})
    assert (changed.status, changed.error) == (500, text)


def test_an_address_of_another_machine(api: Api) -> None:
    made = api.ask("POST", "/proxies", {"name": "p", "upstream": "u:1", "listen": "192.0.2.1:0"})
    assert (made.status, made.error) == (500, "listen tcp 192.0.2.1:0: bind: cannot assign requested address")


def test_a_name_that_nobody_knows(api: Api) -> None:
    made = api.ask("POST", "/proxies", {"name": "p", "upstream": "u:1", "listen": "nosuch.invalid:0"}, patience=60)
    assert made.status == 500
    assert made.error.startswith("listen tcp: lookup nosuch.invalid")


@pytest.mark.parametrize("listen", [None, "", ":0", "0.0.0.0:0"])
def test_all_interfaces(api: Api, listen: str | None) -> None:
    made = api.ok("POST", "/proxies", {"name": "p", "upstream": "u:1", "listen": listen})
    assert made["listen"].startswith("[::]:")
    socket.create_connection(listening(made)).close()


@pytest.mark.parametrize("listen", ["127.0.0.1:", "localhost:", "localhost:0"])
def test_a_port_of_the_servers_choice(api: Api, listen: str) -> None:
    made = api.ok("POST", "/proxies", {"name": "p", "upstream": "u:1", "listen": listen})
    host, port = made["listen"].split(":")
    assert host == "127.0.0.1" and int(port) > 0


def test_a_disabled_proxys_listen_is_kept_as_written_and_checked_when_it_starts(api: Api) -> None:
    assert api.proxy(listen="nonsense", enabled=False)["listen"] == "nonsense"
    for change in ({"enabled": True}, {"upstream": "u:2"}):
        assert api.ask("PATCH", "/proxies/p", change).status == 500
    assert api.ask("POST", "/reset").status == 500
    mended = api.ok("PATCH", "/proxies/p", {"listen": "127.0.0.1:0", "enabled": True})
    assert mended["enabled"] is True and mended["listen"] != "127.0.0.1:0"


@EMBEDDED_ONLY
@pytest.mark.parametrize("host", ["0.0.0.0", ""])
def test_all_interfaces_in_other_words_is_no_change(wire: Wire, host: str) -> None:
    port = wire.set(listen=f"{host}:0")["listen"].rsplit(":", 1)[1]
    wire.address = ("127.0.0.1", int(port))
    pair = wire.connect()
    assert wire.set(listen=f"{host}:{port}")["listen"] == f"[::]:{port}"
    pair.client.send(b"alive")
    assert pair.server.read(5) == b"alive"
