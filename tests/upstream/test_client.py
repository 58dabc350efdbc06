from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def dependency() -> Iterator[Callable[[bytes | None], str]]:
    """Something in the place of payments that sends these bytes to whoever asks, and then closes."""
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def answer(listener: socket.socket, data: bytes) -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(65536)
            peer.sendall(data)

    def dependency(data: bytes | None) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        if data is not None:
            threads.append(threading.Thread(target=answer, args=(listener, data)))
            threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield dependency
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()
    for listener in listeners:
        listener.close()


def http(status: str, body: bytes, content_type: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def checkout(shop):
    return shop.post("/checkout", {"order_id": 1}, shop.token(), X_Request_Id="r-1")


def test_a_charge_is_logged_on_both_sides_under_one_id(start, payments):
    shop = start(payments=payments.url + "/")
    assert checkout(shop).status == 200
    called = shop.line("payments.call", "r-1")
    assert called["status"] == 201
    assert called["ms"] > 30
    assert "error" not in called
    assert payments.line("request.finished", "r-1")["status"] == 201


def test_connections_to_payments_come_from_the_source(start):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        shop = start(payments=f"http://127.0.0.1:{listener.getsockname()[1]}", source="127.0.0.3")
        assert checkout(shop).status == 504
        peer, (host, _) = listener.accept()
        peer.close()
    assert host == "127.0.0.3"


def test_payments_refuses(start):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        shop = start(payments=f"http://127.0.0.1:{port}")
        answer = checkout(shop)
    assert (answer.status, answer.json["error"]) == (503, "payments unavailable")
    called = shop.line("payments.call", "r-1")
    assert called["status"] is None
    assert called["errno"] == errno.ECONNREFUSED
    assert str(port) in called["error"]
    assert not shop.lines("exception")


def test_payments_is_slower_than_the_shop_waits(start, dependency):
    shop = start(payments=dependency(None), payments_timeout=0.2)
    answer = checkout(shop)
    assert (answer.status, answer.json["error"]) == (504, "payments timed out")
    called = shop.line("payments.call", "r-1")
    assert called["error"] == "no answer within 0.2 s"
    assert 200 <= called["ms"] < 600


def test_payments_breaks_off(start, dependency):
    shop = start(payments=dependency(b""))
    answer = checkout(shop)
    assert (answer.status, answer.json["error"]) == (503, "payments unavailable")
    assert shop.line("payments.call", "r-1")["error"] == "Server disconnected"


def test_payments_is_down_for_maintenance(start, payments):
    payments.fault("maintenance", retry_after=5)
    shop = start(payments=payments.url)
    answer = checkout(shop)
    assert (answer.status, answer.json["error"]) == (503, "payments unavailable")
    assert shop.line("payments.call", "r-1")["error"] == "payments answered 503"
    assert payments.line("request.finished", "r-1")["status"] == 503


@pytest.mark.parametrize(
    ("data", "status", "error"),
    [
        (http("200 OK", b"<html>", "text/html"), 200, "payments answered 200: <html>"),
        (http("201 Created", b"<html>", "text/html"), 201, "unexpected mimetype: text/html"),
        (http("201 Created", b"{"), 201, "JSONDecodeError"),
        (http("201 Created", b"{}"), 201, "KeyError: 'charge'"),
        (http("201 Created", b"[]"), 201, "TypeError"),
        (http("401 Unauthorized", b"{}"), 401, "payments answered 401: {}"),
        (http("201 Created", b"{}")[:-1], 201, "ClientPayloadError"),
        (b"\x16\x03\x01 what is this\r\n\r\n", None, "ClientResponseError: 400"),
    ],
)
def test_an_answer_that_is_not_understood_is_a_defect_with_a_traceback(start, dependency, data, status, error):
    shop = start(payments=dependency(data))
    answer = checkout(shop)
    assert (answer.status, answer.json["error"]) == (500, "internal server error")
    called = shop.line("payments.call", "r-1")
    assert called["status"] == status
    assert error in called["error"]
    raised = shop.line("exception", "r-1")
    assert raised["error"] == called["error"]
    assert raised["traceback"].startswith("Traceback (most recent call last):")
    assert shop.stderr() == ""
    assert shop.get("/health").status == 200
