"""Texts as they were measured; the names are rows of the catalogue of nginx's failures."""

from __future__ import annotations

import pytest

from lab.logs.error import parse

TAIL = (
    ', client: 127.77.1.101, server: shop, request: "GET /orders?user=3 HTTP/1.1", '
    'upstream: "http://127.77.1.21:8000/orders?user=3", host: "127.77.1.10:8080"'
)
NO_UPSTREAM = ', client: 127.77.1.101, server: shop, request: "GET /orders?user=3 HTTP/1.1", host: "127.77.1.10:8080"'
CONNECTING, READING = "while connecting to upstream", "while reading response header from upstream"
BODY, SENDING = "while reading upstream", "while sending request to upstream"
TLS = "while SSL handshaking to upstream"
LEFT = "epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too"

ROWS: list[tuple[str, str, str, str, int | None, str]] = [
    ("A1", "error", f"connect() failed (111: Connection refused) {CONNECTING}", TAIL, 111, "connecting"),
    ("A4", "error", f"connect() failed (113: No route to host) {CONNECTING}", TAIL, 113, "connecting"),
    ("A6", "error", f"connect() failed (101: Network is unreachable) {CONNECTING}", TAIL, 101, "connecting"),
    ("A7", "error", f"upstream timed out (110: Connection timed out) {CONNECTING}", TAIL, 110, "connecting"),
    ("A9", "error", f"upstream timed out (110: Connection timed out) {READING}", TAIL, 110, "reading header"),
    (
        "A12",
        "crit",
        f"connect() to unix:/x.sock failed (2: No such file or directory) {CONNECTING}",
        TAIL,
        2,
        "connecting",
    ),
    (
        "A15",
        "error",
        f"connect() to unix:/x.sock failed (11: Resource temporarily unavailable) {CONNECTING}",
        TAIL,
        11,
        "connecting",
    ),
    (
        "A17",
        "crit",
        f"bind(192.0.2.250) failed (99: Cannot assign requested address) {CONNECTING}",
        TAIL,
        99,
        "connecting",
    ),
    ("A18", "alert", f"socket() failed (24: Too many open files) {CONNECTING}", TAIL, 24, "connecting"),
    ("A19", "alert", f"17 worker_connections are not enough {CONNECTING}", TAIL, None, "connecting"),
    ("B1", "error", f"upstream prematurely closed connection {READING}", TAIL, None, "reading header"),
    ("B3", "error", f"recv() failed (104: Connection reset by peer) {READING}", TAIL, 104, "reading header"),
    ("B13", "error", f"recv() failed (110: Connection timed out) {READING}", TAIL, 110, "reading header"),
    ("B14", "error", f"upstream timed out (110: Connection timed out) {SENDING}", TAIL, 110, "sending request"),
    ("B15", "error", f"writev() failed (104: Connection reset by peer) {SENDING}", TAIL, 104, "sending request"),
    ("C1", "error", f"upstream sent no valid HTTP/1.0 header {READING}", TAIL, None, "reading header"),
    ("C6", "error", f'upstream sent invalid header: "Bad\\x20..." {READING}', TAIL, None, "reading header"),
    ("C9", "error", f"upstream sent too big header {READING}", TAIL, None, "reading header"),
    ("D1", "error", f"upstream prematurely closed connection {BODY}", TAIL, None, "reading body"),
    ("D8", "error", f"readv() failed (104: Connection reset by peer) {BODY}", TAIL, 104, "reading body"),
    (
        "D10",
        "error",
        "recv() failed (104: Connection reset by peer) while sending to client",
        TAIL,
        104,
        "reading body",
    ),
    ("D13", "error", f"upstream timed out (110: Connection timed out) {BODY}", TAIL, 110, "reading body"),
    (
        "D17",
        "warn",
        f'upstream sent more data than specified in "Content-Length" header {BODY}',
        TAIL,
        None,
        "reading body",
    ),
    (
        "E2",
        "error",
        f"upstream SSL certificate verify error: (10:certificate has expired) {TLS}",
        TAIL,
        None,
        "ssl handshaking",
    ),
    ("E7", "error", f'upstream SSL certificate does not match "api.lab" {TLS}', TAIL, None, "ssl handshaking"),
    (
        "E9",
        "error",
        f"SSL_do_handshake() failed (SSL: error:0A00042E:SSL routines::tlsv1 alert:SSL alert number 70) {TLS}",
        TAIL,
        None,
        "ssl handshaking",
    ),
    ("E18", "error", f"upstream timed out (110: Connection timed out) {TLS}", TAIL, 110, "ssl handshaking"),
    (
        "E20",
        "error",
        f"peer closed connection in SSL handshake (104: Connection reset by peer) {TLS}",
        TAIL,
        104,
        "ssl handshaking",
    ),
    ("F1", "emerg", 'host not found in upstream "nohost.invalid" in /etc/nginx/nginx.conf:12', "", None, "config"),
    ("F2", "error", "no resolver defined to resolve nohost.lab", NO_UPSTREAM, None, "resolving"),
    ("F3", "error", "nx.lab could not be resolved (3: Host not found)", NO_UPSTREAM, None, "resolving"),
    ("F9", "error", "silent.lab could not be resolved (110: Operation timed out)", NO_UPSTREAM, 110, "resolving"),
    (
        "F10",
        "error",
        "recv() failed (111: Connection refused) while resolving, resolver: 127.0.0.1:18954",
        "",
        111,
        "resolving",
    ),
    ("F15", "error", 'invalid URL prefix in "127.0.0.1:18101"', NO_UPSTREAM, None, "config"),
    ("G1", "warn", f"upstream server temporarily disabled {CONNECTING}", TAIL, None, "connecting"),
    ("G5", "error", f"no live upstreams {CONNECTING}", TAIL, None, "connecting"),
    ("H1", "info", f"{LEFT} {SENDING}", TAIL, None, "client side"),
    ("H2", "info", f"{LEFT} (104: Connection reset by peer) {SENDING}", TAIL, 104, "client side"),
    (
        "H7",
        "info",
        "client prematurely closed connection (104: Connection reset by peer) while sending to client",
        TAIL,
        104,
        "client side",
    ),
    (
        "H13",
        "info",
        "client timed out (110: Connection timed out) while reading client request line",
        NO_UPSTREAM,
        110,
        "client side",
    ),
    ("H16", "error", "client intended to send too large body: 12432 bytes", NO_UPSTREAM, None, "client side"),
    (
        "H20",
        "info",
        "SSL_do_handshake() failed (SSL: tlsv1 alert unknown ca:SSL alert number 48) while SSL handshaking",
        ", client: 127.77.1.101, server: 0.0.0.0:443",
        None,
        "client side",
    ),
    ("I1", "error", 'limiting requests, excess: 0.965 by zone "perip"', NO_UPSTREAM, None, "n.a."),
    (
        "J-L2",
        "error",
        f'rewrite or internal redirection cycle while internally redirecting to "/xaloop/" {READING}',
        TAIL,
        None,
        "config",
    ),
    ("M6", "crit", f'pwrite() "/cache/1" failed (28: No space left on device) {BODY}', TAIL, 28, "reading body"),
    ("N1", "error", 'open() "/srv/x" failed (2: No such file or directory)', NO_UPSTREAM, 2, "n.a."),
    ("O4", "alert", "16 worker_connections are not enough", "", None, "n.a."),
    ("O6", "alert", "worker process 71 exited on signal 9", "", None, "n.a."),
    ("P1", "emerg", 'unknown directive "proxy_pas" in /etc/nginx/nginx.conf:6', "", None, "config"),
    ("P2", "emerg", "bind() to 127.0.0.1:18080 failed (98: Address already in use)", "", 98, "config"),
]


@pytest.mark.parametrize(("row", "level", "message", "tail", "errno", "phase"), ROWS, ids=[row[0] for row in ROWS])
def test_measured_rows(row: str, level: str, message: str, tail: str, errno: int | None, phase: str) -> None:
    said = parse(f"2026/11/21 12:00:07 [{level}] 71#71: *17 {message}{tail}")
    assert (said["errno"], said["phase"], said["message"], said["level"]) == (errno, phase, message, level)


def test_all_fields_of_a_line_with_its_tail() -> None:
    assert parse(f"2026/11/21 12:00:07 [error] 71#72: *17 connect() failed (111: x) {CONNECTING}{TAIL}") == {
        "time": "2026/11/21 12:00:07",
        "at": 1795262407.0,
        "level": "error",
        "pid": 71,
        "conn": 17,
        "message": f"connect() failed (111: x) {CONNECTING}",
        "errno": 111,
        "rcode": None,
        "phase": "connecting",
        "client": "127.77.1.101",
        "server": "shop",
        "method": "GET",
        "path": "/orders?user=3",
        "upstream": "http://127.77.1.21:8000/orders?user=3",
        "host": "127.77.1.10:8080",
    }


def test_a_line_without_connection_and_tail() -> None:
    said = parse("2026/11/21 12:00:07 [alert] 71#71: 16 worker_connections are not enough")
    assert (said["conn"], said["client"], said["path"], said["upstream"]) == (None, None, None, None)


def test_a_dns_answer_code_is_no_errno() -> None:
    said = parse(f"2026/11/21 12:00:07 [error] 71#71: *1 nx.lab could not be resolved (3: Host not found){NO_UPSTREAM}")
    assert (said["errno"], said["rcode"]) == (None, 3)


def test_a_client_cannot_fake_the_tail() -> None:
    text = 'client sent invalid header line: "X: a, client: 6.6.6.6, server: evil (111: no)"'
    said = parse(f"2026/11/21 12:00:07 [info] 71#71: *1 {text}{NO_UPSTREAM}")
    assert (said["client"], said["errno"], said["message"]) == ("127.77.1.101", None, text)


def test_a_line_that_nginx_cut_off_is_still_read() -> None:
    said = parse(f"2026/11/21 12:00:07 [error] 71#71: *1 connect() failed (111: x) {CONNECTING}{TAIL}"[:190])
    assert (said["errno"], said["phase"]) == (111, "connecting")
