"""What the shop does with connections: turns them away, hangs up on them, leaves what they bring unread."""

from __future__ import annotations

import http.client
import socket
from contextlib import closing

import pytest


def test_who_makes_too_many_connections_is_reset_unread(shop):
    shop.fault("connection-limit", most=2)
    assert [shop.get("/health").status for _ in range(2)] == [200, 200]
    with pytest.raises(ConnectionResetError):
        shop.get("/health", X_Request_Id="r-1")
    assert shop.lines(rid="r-1") == []
    shop.admin("DELETE", "/faults/connection-limit")
    assert shop.get("/health").status == 200
    assert shop.stderr() == ""


def test_addresses_are_counted_apart(shop):
    shop.fault("connection-limit", most=1)
    shop.get("/health")
    with closing(http.client.HTTPConnection("127.0.0.1", shop.port, 5, source_address=("127.0.0.7", 0))) as other:
        other.request("GET", "/health")
        assert other.getresponse().status == 200


@pytest.fixture
def kept(shop):
    with closing(http.client.HTTPConnection("127.0.0.1", shop.port, timeout=5)) as connection:
        yield connection


def ask(connection):
    connection.request("GET", "/products/1")
    response = connection.getresponse()
    assert response.read()
    return response


def test_a_kept_connection_is_closed_as_it_is_used_again(shop, kept):
    shop.fault("hang-up-reused", every=2)
    first = ask(kept)
    assert (first.status, first.getheader("Connection")) == (200, None)
    assert ask(kept).status == 200
    # That is an end of file before an answer; a reset is another exception.
    with pytest.raises(http.client.RemoteDisconnected):
        ask(kept)
    assert len(shop.lines("request.started")) == 2
    assert ask(kept).status == 200


def test_one_that_was_to_be_closed_serves_again_when_the_fault_is_over(shop, kept):
    shop.fault("hang-up-reused", every=1)
    assert ask(kept).status == 200
    before = kept.sock
    shop.admin("DELETE", "/faults/hang-up-reused")
    assert ask(kept).status == 200
    assert kept.sock is before


def test_who_wants_no_further_request_is_not_concerned(shop):
    shop.fault("hang-up-reused", every=1)
    assert shop.get("/products/1", Connection="close").status == 200
    assert shop.stderr() == ""


LINES = b"product_id,price_cents,remark\n" + b"1,100,as agreed with the supplier\n" * 6000


def sent(peer):
    """Bytes of a large body that are taken."""
    peer.settimeout(0.3)
    taken = 0
    with pytest.raises(TimeoutError):
        while taken < len(LINES):
            taken += peer.send(LINES[taken : taken + 4096])
    return taken


def test_a_body_is_left_unread_and_read_in_the_end(shop):
    shop.fault("stop-reading", route="price-list")
    with socket.create_connection(("127.0.0.1", shop.port), timeout=5) as peer:
        head = f"POST /price-list HTTP/1.1\r\nHost: shop\r\nX-Request-Id: r-1\r\nContent-Length: {len(LINES)}\r\n"
        peer.sendall(f"{head}Authorization: Bearer {shop.token()}\r\n\r\n".encode())
        taken = sent(peer)
        assert taken < 120_000  # what a gateway has to send
        assert shop.lines(rid="r-1") == []
        assert shop.get("/products").status == 200
        shop.admin("DELETE", "/faults/stop-reading")
        peer.settimeout(5)
        peer.sendall(LINES[taken:])
        assert peer.recv(65536).startswith(b"HTTP/1.1 201 ")


def test_small_requests_of_the_route_are_answered_later(shop):
    shop.fault("stop-reading", route="price-list")
    with shop.send("POST", "/price-list", b"product_id,price_cents,remark\n", X_Request_Id="r-1") as peer:
        assert shop.get("/health").status == 200
        shop.admin("DELETE", "/faults/stop-reading")
        assert peer.recv(65536).startswith(b"HTTP/1.1 401 ")
    with shop.send("POST", "/price-list", LINES, Authorization=f"Bearer {shop.token()}") as peer:
        assert peer.recv(65536).startswith(b"HTTP/1.1 201 ")
