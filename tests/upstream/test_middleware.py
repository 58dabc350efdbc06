from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest


def test_a_request_is_logged_as_started_and_finished(shop):
    assert shop.get("/orders?user=2", shop.token(), X_Request_Id="r-1").status == 200
    started, finished = shop.line("request.started", "r-1"), shop.line("request.finished", "r-1")
    assert {k: started[k] for k in ("hop", "method", "path", "route", "level")} == {
        "hop": "api-1",
        "method": "GET",
        "path": "/orders?user=2",
        "route": "orders",
        "level": "info",
    }
    assert finished["status"] == 200
    assert finished["pool_in_use"] == 0
    assert finished["pool_size"] == 4
    assert finished["ms"] > finished["pool_wait_ms"] > 0
    assert "client_gone" not in finished


def test_a_route_without_a_query_has_no_wait(shop):
    shop.get("/health", X_Request_Id="r-1")
    assert "pool_wait_ms" not in shop.line("request.finished", "r-1")


def test_an_unknown_path_has_no_route(shop):
    shop.get("/nowhere", X_Request_Id="r-1")
    assert shop.line("request.finished", "r-1")["route"] is None


@pytest.mark.parametrize("brought", ["", "two words", "x" * 129, "na\xefve"])
def test_an_id_that_cannot_stand_in_a_header_is_replaced(shop, brought):
    given = shop.get("/health", X_Request_Id=brought).headers["X-Request-Id"]
    assert len(given) == 32
    assert given != brought
    assert shop.line("request.finished", given)["status"] == 200


def test_started_waits_for_the_whole_body(shop):
    body = json.dumps({"user": 1, "password": "password-1"}).encode()
    with socket.create_connection(("127.0.0.1", shop.port), timeout=5) as peer:
        head = f"POST /login HTTP/1.1\r\nHost: shop\r\nX-Request-Id: r-1\r\nContent-Length: {len(body)}\r\n\r\n"
        peer.sendall(head.encode() + body[:-1])
        shop.get("/health", X_Request_Id="r-2")
        shop.line("request.finished", "r-2")
        assert not shop.lines("request.started", "r-1")
        peer.sendall(body[-1:])
        assert peer.recv(65536).startswith(b"HTTP/1.1 200 OK")
    shop.line("request.started", "r-1")


def test_a_body_that_never_ends_is_no_start(shop):
    with socket.create_connection(("127.0.0.1", shop.port), timeout=5) as peer:
        peer.sendall(b"POST /login HTTP/1.1\r\nHost: shop\r\nX-Request-Id: r-1\r\nContent-Length: 9\r\n\r\n{")
    finished = shop.line("request.finished", "r-1")
    assert finished["status"] == 400
    assert finished["client_gone"] is True
    assert not shop.lines("request.started", "r-1")
    assert not shop.lines("exception")
    assert shop.stderr() == ""


def test_requests_in_flight_are_counted(start):
    shop = start(query_time=0.2)
    with ThreadPoolExecutor(3) as clients:
        asked = [clients.submit(shop.get, "/products", X_Request_Id=f"r-{n}") for n in range(3)]
        assert [one.result().status for one in asked] == [200] * 3
    assert max(shop.line("request.finished", f"r-{n}")["in_flight"] for n in range(3)) > 1
    shop.get("/health", X_Request_Id="alone")
    assert shop.line("request.finished", "alone")["in_flight"] == 1


def test_a_refusal_is_logged_with_its_reason(shop):
    assert shop.get("/orders?user=1", shop.token(ttl=-60), X_Request_Id="r-1").status == 401
    assert shop.line("request.finished", "r-1")["error"] == "the token expired"


def test_a_fault_may_be_in_force_from_the_start(start):
    shop = start(faults=[{"name": "maintenance", "retry_after": 60}])
    assert shop.get("/products", X_Request_Id="r-1").status == 503
    assert shop.line("request.finished", "r-1")["error"] == "down for maintenance"
    assert shop.state()["faults"] == {"maintenance": {"retry_after": 60}}
