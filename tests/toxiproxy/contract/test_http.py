"""The control API as HTTP: routes, methods, labels, and requests that are none."""

from __future__ import annotations

import contextlib
import json
import socket

import pytest

from toxi_api import Api

ROUTES = {
    "/version": {"GET"},
    "/proxies": {"GET", "POST"},
    "/proxies/p": {"GET", "POST", "PATCH", "DELETE"},
    "/proxies/p/toxics": {"GET", "POST"},
    "/proxies/p/toxics/t": {"GET", "POST", "PATCH", "DELETE"},
    "/populate": {"POST"},
    "/reset": {"POST"},
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
WRONG = [(path, method) for path, right in ROUTES.items() for method in METHODS if method not in right]


def test_version_to_the_byte(api: Api) -> None:
    reply = api.ask("GET", "/version")
    assert (reply.status, reply.type, reply.body) == (
        200,
        "application/json;charset=utf-8",
        b'{"version": "git"}\n',
    )


@pytest.mark.parametrize(("path", "method"), WRONG)
def test_a_wrong_method_is_405_and_empty(api: Api, path: str, method: str) -> None:
    reply = api.ask(method, path)
    assert (reply.status, reply.body, reply.type) == (405, b"", None)
    assert "allow" not in reply.headers
    assert "x-toxiproxy-request-id" not in reply.headers


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/none",
        *(f"{path}/" for path in ROUTES),
        "/proxies/p/x",
        "/proxies/p/toxics/t/x",
        "/Proxies",
        "/proxies/a%2Fb",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path_is_404_in_plain_text(api: Api, path: str, method: str) -> None:
    reply = api.ask(method, path)
    assert (reply.status, reply.type, reply.body) == (404, "text/plain; charset=utf-8", b"404 page not found\n")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "x-toxiproxy-request-id" not in reply.headers


@pytest.mark.parametrize(
    ("path", "clean"),
    [
        ("//proxies", "/proxies"),
        ("/proxies//p", "/proxies/p"),
        ("/./version", "/version"),
        ("/proxies/../version", "/version"),
        ("/proxies/p/./toxics", "/proxies/p/toxics"),
        ("//proxies?x=1", "/proxies?x=1"),
        ("/proxies//", "/proxies/"),
    ],
)
def test_an_unclean_path_is_redirected_to_the_clean_one(api: Api, path: str, clean: str) -> None:
    # A request line is written by hand here, because a client would take `//proxies` for a host.
    answer = api.raw(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 301 ")
    assert f"\r\nLocation: {clean}\r\n".encode() in head + b"\r\n"
    assert body == b""


def test_a_query_is_ignored(api: Api) -> None:
    assert api.ask("GET", "/proxies?a=b").body == b"{}"


@pytest.mark.parametrize("path", [path for path, right in ROUTES.items() if "GET" in right])
def test_a_browser_is_sent_away(api: Api, path: str) -> None:
    reply = api.ask("GET", path, headers={"User-Agent": "Mozilla/5.0 (X11)"})
    assert (reply.status, reply.type, reply.body) == (403, "text/plain; charset=utf-8", b"User agent not allowed\n")


@pytest.mark.parametrize("agent", ["mozilla/5.0", "Mozilla", "curl Mozilla/5.0", "MOZILLA/5.0", ""])
def test_what_only_resembles_a_browser_is_served(api: Api, agent: str) -> None:
    assert api.ask("GET", "/proxies", headers={"User-Agent": agent}).status == 200


def test_unknown_paths_and_methods_come_before_the_browser_check(api: Api) -> None:
    browser = {"User-Agent": "Mozilla/5.0"}
    assert api.ask("GET", "/none", headers=browser).status == 404
    assert api.ask("PUT", "/proxies", headers=browser).status == 405


def test_each_matched_route_carries_a_request_id_of_its_own(api: Api) -> None:
    api.proxy()
    asked = [
        ("GET", "/version"),
        ("GET", "/proxies"),
        ("GET", "/proxies/none"),
        ("POST", "/proxies"),
        ("POST", "/reset"),
    ]
    ids = [api.ask(method, path).headers["x-toxiproxy-request-id"] for method, path in asked]
    assert all(len(one) == 20 and one.isalnum() and one.lower() == one for one in ids)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded", "", None])
def test_the_content_type_of_a_request_is_ignored(api: Api, type: str | None) -> None:
    headers = {} if type is None else {"Content-Type": type}
    assert api.ask("POST", "/proxies", {"name": "p", "upstream": "u:1", "enabled": False}, headers).status == 201


def test_a_chunked_body_is_read(api: Api) -> None:
    body = json.dumps({"name": "p", "upstream": "u:1", "enabled": False}).encode()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:5], body[5:])) + b"0\r\n\r\n"
    head = b"POST /proxies HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    assert api.raw(head + chunks).startswith(b"HTTP/1.1 201 ")


def test_one_connection_serves_many_requests(api: Api) -> None:
    one = b"GET /proxies HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = api.raw(one + one + last)  # pipelined
    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert answer.endswith(b'{"version": "git"}\n')


def test_http_1_0_is_served_and_closed(api: Api) -> None:
    answer = api.raw(b"GET /proxies HTTP/1.0\r\n\r\n")
    assert b" 200 OK\r\n" in answer and answer.endswith(b"{}")


def test_expect_continue_is_answered(api: Api) -> None:
    body = b'{"name":"p","upstream":"u:1","enabled":false}'
    head = (
        b"POST /proxies HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    )
    with socket.create_connection(api.address, timeout=10) as connection:
        connection.sendall(head % len(body))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n")
        connection.sendall(body)
        assert connection.recv(100).startswith(b"HTTP/1.1 201 ")


def test_a_body_of_10_mb_is_read(api: Api) -> None:
    upstream = "u" * 10_000_000
    reply = api.ask("POST", "/proxies", {"name": "p", "upstream": upstream, "enabled": False})
    assert reply.status == 201
    assert reply.json["upstream"] == upstream


@pytest.mark.parametrize("request_", [b"nonsense\r\n\r\n", b"GET\r\n\r\n", b"GET /proxies HTTP/9.x\r\nHost: x\r\n\r\n"])
def test_what_is_no_http_is_400_and_closed(api: Api, request_: bytes) -> None:
    assert api.raw(request_).startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 ", b"HTTP/1.1 505 "))
    assert api.ask("GET", "/version").status == 200


def test_half_sent_requests_disturb_nobody(api: Api) -> None:
    halves = [b"", b"POST /pro", b"POST /proxies HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"]
    connections = []
    for half in halves * 5:
        connection = socket.create_connection(api.address, timeout=10)
        connection.sendall(half)
        connections.append(connection)
    assert api.ask("GET", "/proxies", patience=5).body == b"{}"
    for connection in connections:
        connection.close()
    assert api.ask("GET", "/proxies", patience=5).body == b"{}"


def test_a_request_that_is_not_sent_in_15_seconds_is_closed(api: Api) -> None:
    halves = [b"POST /proxies HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", b"POST /pro"]
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(socket.create_connection(api.address, timeout=40)) for _ in halves]
        for connection, half in zip(connections, halves, strict=True):
            connection.sendall(half)
        answers = [b"".join(iter(lambda one=one: one.recv(4096), b"")) for one in connections]
    assert answers[0].startswith(b"HTTP/1.1 503 ")
    assert answers[1] == b"" or answers[1].startswith(b"HTTP/1.1 400 ")
