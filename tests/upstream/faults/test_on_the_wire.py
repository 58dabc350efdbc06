"""Answers whose bytes are wrong: what a peer gets, byte by byte, while the process and its log know nothing of it."""

from __future__ import annotations

import socket
import struct
import time

import pytest

from lab.upstream.faults.break_off import LEAST
from lab.upstream.faults.garble import GREETINGS


def read(peer):
    """All that came, and how it ended: `fin`, `reset` or `silence`."""
    received = b""
    peer.settimeout(0.5)
    while True:
        try:
            data = peer.recv(65536)
        except ConnectionResetError:
            return received, "reset"
        except TimeoutError:
            return received, "silence"
        if not data:
            return received, "fin"
        received += data


@pytest.fixture
def export(shop):
    """Asks for an export, about 80 kB."""
    token = shop.token()

    def ask():
        with shop.send("GET", "/export?user=1", Authorization=f"Bearer {token}", X_Request_Id="r-1") as peer:
            return read(peer)

    return ask


def test_without_a_fault_it_is_whole(shop, export):
    received, _ = export()
    head, _, body = received.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head


@pytest.mark.parametrize(
    ("at", "by", "end"),
    [
        ("start", "reset", "reset"),
        ("header", "fin", "fin"),
        ("body", "fin", "fin"),
        ("body", "reset", "reset"),
        ("body", "stall", "silence"),
        ("chunks", "fin", "fin"),
    ],
)
def test_an_answer_breaks_off_there_and_in_that_way(shop, export, at, by, end):
    shop.fault("break-off", route="export", at=at, by=by, share=0.5)
    received, ended = export()
    head, separator, body = received.partition(b"\r\n\r\n")
    assert ended == end
    if at == "start":
        assert received == b""
    elif at == "header":
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert not separator
    else:
        length = 80_000 if at == "chunks" else int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        assert LEAST <= len(body) < 0.6 * length
        assert (b"Transfer-Encoding: chunked" in head) is (at == "chunks")
        assert b"Content-Type: text/csv; charset=utf-8\r\n" in head
        assert b"X-Request-Id: r-1\r\n" in head
    assert shop.line("request.finished", "r-1")["status"] == 200
    assert shop.get("/health").status == 200
    assert shop.stderr() == ""


def test_other_routes_and_errors_are_whole(shop):
    shop.fault("break-off", route="order", at="start", by="reset", share=0.5)
    assert shop.get("/products").status == 200
    assert shop.get("/orders/1").status == 401
    assert shop.get("/orders/999", shop.token()).status == 404


def test_what_stalls_ends_with_the_fault(shop):
    shop.fault("break-off", route="export", at="body", by="stall", share=0.5)
    token = shop.token()
    with shop.send("GET", "/export?user=1", Authorization=f"Bearer {token}") as peer:
        assert read(peer)[1] == "silence"
        shop.admin("DELETE", "/faults/break-off")
        assert read(peer)[1] == "fin"


def test_all_of_a_body_is_no_part_of_it(shop):
    answer = shop.admin("POST", "/faults", {"name": "break-off", "route": "any", "at": "body", "by": "fin", "share": 1})
    assert answer.status == 400


def test_the_process_dies_in_the_middle_of_a_body(shop, export):
    shop.fault("die-sending", route="export", share=0.5)
    received, ended = export()
    assert ended == "fin"
    assert len(received) > LEAST
    assert shop.wait() == -9
    assert shop.lines("request.finished", "r-1")


@pytest.mark.parametrize("protocol", GREETINGS)
def test_another_protocol_answers(shop, protocol):
    shop.fault("garble", route="product", speaks=protocol)
    with shop.send("GET", "/products/1") as peer:
        assert read(peer) == (GREETINGS[protocol], "fin")
    assert shop.get("/products").status == 200


def test_a_header_comes_line_by_line(shop):
    shop.fault("dribble", route="product", seconds=0.4)
    begun = time.monotonic()
    with shop.send("GET", "/products/1", Connection="close") as peer:
        first = peer.recv(65536)
        assert first == b"HTTP/1.1 200 OK\r\n"
        assert read(peer)[0].endswith(b"}")
    assert time.monotonic() - begun >= 0.35
    assert shop.line("request.finished")["ms"] < 300


def test_a_name_is_padded_with_zero_bytes(shop):
    shop.fault("padded-name", route="product", header="X-Region")
    with shop.send("GET", "/products/1") as peer:
        received, _ = read(peer)
    assert b"\r\nX-Region" + b"\0" * 8 + b": eu-central\r\n" in received
    assert received.endswith(b"}")


def test_one_path_in_so_many_has_a_pile_of_cookies(shop):
    shop.fault("pile-of-cookies", route="user", every=3, cookies=50)
    token = shop.token()
    sizes = {n: len(str(shop.get(f"/users/{n}", token).headers)) for n in range(1, 7)}
    assert [n for n, size in sizes.items() if size > 4096] == [3, 6]
    assert shop.get("/users/3", token).json["id"] == 3


def test_who_hangs_up_meanwhile_is_no_error_of_the_shop(shop):
    shop.fault("dribble", route="product", seconds=0.3)
    with shop.send("GET", "/products/1", X_Request_Id="r-1") as peer:
        assert peer.recv(1) == b"H"
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert shop.line("request.finished", "r-1")["status"] == 200
    with shop.send("GET", "/products/2") as peer:
        assert read(peer)[0].endswith(b"}")
    assert shop.stderr() == ""
