"""Proxies: made, listed, shown, deleted, with every byte of the answers."""

from __future__ import annotations

import socket

import pytest

from toxi_api import Api

JSON = "application/json"
PLAIN = "text/plain; charset=utf-8"
MISSING = b'{"error":"proxy not found","status":404}\n'


def test_an_empty_server_lists_an_empty_object(api: Api) -> None:
    reply = api.ask("GET", "/proxies")
    assert (reply.status, reply.type, reply.body) == (200, JSON, b"{}")


def test_a_disabled_proxy_to_the_byte(api: Api) -> None:
    reply = api.ask("POST", "/proxies", b'{"upstream":"u:1","enabled":false,"listen":"127.0.0.1:0","name":"p"}')
    text = b'{"name":"p","listen":"127.0.0.1:0","upstream":"u:1","enabled":false,"Logger":{},"toxics":[]}'
    assert (reply.status, reply.type, reply.body) == (201, JSON, text)
    assert (shown := api.ask("GET", "/proxies/p")).status == 200
    assert (shown.type, shown.body) == (JSON, text)
    assert api.ask("GET", "/proxies").body == b'{"p":' + text + b"}"


def test_an_enabled_proxy_shows_where_it_listens(api: Api) -> None:
    reply = api.ask("POST", "/proxies", {"name": "p", "upstream": "u:1", "listen": "localhost:0"})
    listen = reply.json["listen"]
    text = f'{{"name":"p","listen":"{listen}","upstream":"u:1","enabled":true,"Logger":{{}},"toxics":[]}}'
    assert (reply.status, reply.body) == (201, text.encode())
    host, port = listen.rsplit(":", 1)
    assert host == "127.0.0.1" and int(port) > 0
    socket.create_connection((host, int(port)), timeout=5).close()


def test_the_list_is_sorted_by_name(api: Api) -> None:
    for name in ("b", "a", "ä", "B", "10", "9"):
        api.proxy(name, enabled=False)
    assert list(api.ok("GET", "/proxies")) == ["10", "9", "B", "a", "b", "ä"]


def test_toxics_are_part_of_what_is_shown(api: Api) -> None:
    api.proxy(enabled=False)
    api.toxic("p", "latency", name="l", attributes={"latency": 5})
    toxic = b'{"attributes":{"latency":5,"jitter":0},"name":"l","type":"latency","stream":"downstream","toxicity":1}'
    text = (
        b'{"name":"p","listen":"127.0.0.1:0","upstream":"127.0.0.1:9","enabled":false,"Logger":{},"toxics":['
        + toxic
        + b"]}"
    )
    assert api.ask("GET", "/proxies/p").body == text
    assert api.ask("GET", "/proxies").body == b'{"p":%b}' % text
    assert api.ask("PATCH", "/proxies/p", b"{}").body == text


def test_deleting_is_204_and_bare(api: Api) -> None:
    api.proxy()
    reply = api.ask("DELETE", "/proxies/p")
    assert (reply.status, reply.type, reply.body) == (204, None, b"")
    assert api.ask("GET", "/proxies").body == b"{}"
    assert api.ask("DELETE", "/proxies/p").status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/proxies/none"),
        ("POST", "/proxies/none"),
        ("PATCH", "/proxies/none"),
        ("DELETE", "/proxies/none"),
        ("GET", "/proxies/none/toxics"),
        ("POST", "/proxies/none/toxics"),
        ("GET", "/proxies/none/toxics/t"),
        ("POST", "/proxies/none/toxics/t"),
        ("PATCH", "/proxies/none/toxics/t"),
        ("DELETE", "/proxies/none/toxics/t"),
    ],
)
def test_an_unknown_proxy_is_404_before_the_body_is_looked_at(api: Api, method: str, path: str) -> None:
    reply = api.ask(method, path, b"not json" if method in ("POST", "PATCH") else None)
    assert (reply.status, reply.type, reply.body) == (404, PLAIN, MISSING)
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_name_is_taken_once(api: Api) -> None:
    api.proxy()
    reply = api.ask("POST", "/proxies", {"name": "p", "upstream": "other:1"})
    assert (reply.status, reply.type) == (409, PLAIN)
    assert reply.body == b'{"error":"proxy already exists","status":409}\n'
    assert api.ok("GET", "/proxies/p")["upstream"] == "127.0.0.1:9"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": None, "upstream": "u:1"}, "name"),
        ({"upstream": "u:1"}, "name"),
        ({"name": "p"}, "upstream"),
        ({"name": "p", "upstream": ""}, "upstream"),
        ({"name": "p", "upstream": None}, "upstream"),
    ],
)
def test_name_and_upstream_are_required(api: Api, body: dict[str, str], field: str) -> None:
    reply = api.ask("POST", "/proxies", body)
    assert (reply.status, reply.type) == (400, PLAIN)
    assert reply.body == f'{{"error":"missing required field: {field}","status":400}}\n'.encode()


@pytest.mark.parametrize(
    "body",
    [
        '{"NAME":"p","UpStream":"u:1","ENABLED":false}',
        '{"name":"p","upstream":"u:1","enabled":false,"unknown":{"deep":[1,{}]},"toxics":[{"type":"latency"}]}',
        '{"name":"x","name":"p","upstream":"no","upstream":"u:1","enabled":true,"enabled":false}',
        '{"name":"p","upstream":"u:1","enabled":false,"listen":null,"Logger":null,"toxics":null}',
        '{"name":"p","upstream":"u:1","enabled":false,"Logger":{}} and more',
        ' \n\t{"name":"\\u0070","upstream":"u:1","enabled":false}',
    ],
)
def test_keys_in_any_case_unknown_double_null_and_what_follows(api: Api, body: str) -> None:
    reply = api.ask("POST", "/proxies", body)
    assert reply.status == 201
    assert reply.body == b'{"name":"p","listen":"","upstream":"u:1","enabled":false,"Logger":{},"toxics":[]}'


NAMES = [
    "a b",
    "ä",
    "日本",
    "a%b",
    "a+b",
    "a?b",
    "a#b",
    "a&b=c",
    '"quoted"',
    "a\\b",
    "x" * 3000,
    "a;b",
    "tab\there",
    "é\u0301",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_may_hold_nearly_anything(api: Api, name: str) -> None:
    assert api.proxy(name, enabled=False)["name"] == name
    assert list(api.ok("GET", "/proxies")) == [name]
    api.toxic(name, "latency", name=name)
    api.patch(name, name, attributes={"latency": 1})
    api.remove(name, name)
    api.clear()
    assert api.ok("GET", "/proxies") == {}


@pytest.mark.parametrize(("written", "name"), [("a%20b", "a b"), ("%C3%A4", "ä"), ("%61", "a"), ("a+b", "a+b")])
def test_names_in_paths_are_percent_decoded(api: Api, written: str, name: str) -> None:
    api.proxy(name, enabled=False)
    assert api.ok("GET", f"/proxies/{written}")["name"] == name


def test_html_signs_come_back_escaped(api: Api) -> None:
    body = api.ask("POST", "/proxies", {"name": "<&>\u2028", "upstream": "ä\x7f", "enabled": False}).body
    assert body.startswith('{"name":"\\u003c\\u0026\\u003e\\u2028","listen":"","upstream":"ä\x7f"'.encode())
