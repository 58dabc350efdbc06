from __future__ import annotations

from lab.logs.access import parse, split_request


def test_combined() -> None:
    line = '127.77.1.101 - - [21/Nov/2026:12:00:11 +0000] "GET /orders?user=3 HTTP/1.1" 502 157 "-" "shopper/1.0"'
    assert parse(line) == {
        "at": 1795262411.0,
        "client": "127.77.1.101",
        "method": "GET",
        "path": "/orders?user=3",
        "status": 502,
        "bytes": 157,
        "agent": "shopper/1.0",
    }


def test_the_offset_counts() -> None:
    line = '1.2.3.4 - bob [21/Nov/2026:14:00:11 +0200] "GET / HTTP/1.1" 200 1 "-" "-"'
    assert parse(line)["at"] == 1795262411.0


def test_a_day_that_does_not_exist_is_unreadable() -> None:
    assert parse('1.2.3.4 - - [31/Feb/2026:12:00:11 +0000] "GET / HTTP/1.1" 200 1 "-" "-"') == {}


def test_request_lines() -> None:
    assert split_request("GET / HTTP/1.1") == ("GET", "/")
    assert split_request("GET /a b HTTP/1.1") == ("GET", "/a b")
    assert split_request("") == (None, None)
    assert split_request("-") == (None, None)
