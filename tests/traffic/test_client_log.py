from __future__ import annotations

import json
from dataclasses import replace

from lab.traffic.client_log import ClientLog, line
from lab.traffic.exchange import Exchange, Phases

SEEN = Exchange(
    at=1795262400.0996,
    actor="shopper",
    client="127.77.1.101",
    rid="00000000000000aa",
    method="GET",
    path="/products",
    route="products",
    status=503,
    reason="Service Unavailable",
    errno=None,
    error=None,
    detail=None,
    phases=Phases(0.0, 0.00012345, None, 0.0421, 0.0422),
    headers=(("retry-after", "120"), ("server", "nginx/1.22.1")),
    body=b"x",
    bytes=1,
    complete=True,
)


def test_the_line_is_the_documented_one():
    assert json.loads(line(SEEN)) == {
        "ts": "2026-11-21T12:00:00.099Z",
        "client": "127.77.1.101",
        "actor": "shopper",
        "rid": "00000000000000aa",
        "method": "GET",
        "path": "/products",
        "route": "products",
        "status": 503,
        "errno": None,
        "error": None,
        "detail": None,
        "tcp": 0.000123,
        "first_byte": 0.0421,
        "total": 0.0422,
        "bytes": 1,
        "complete": True,
        "retry_after": "120",
        "server": "nginx/1.22.1",
    }


def test_it_is_one_line_whatever_was_asked():
    assert "\n" not in line(replace(SEEN, path="/\u2028é\x85", headers=(("server", "a\nb"),)))
    assert line(SEEN).isascii()


def test_lines_are_there_at_once_and_appended(tmp_path):
    path = tmp_path / "client" / "client.log"
    for _ in range(2):
        with ClientLog(path) as log:
            log.write(SEEN)
            assert path.read_text().endswith(line(SEEN) + "\n")
    assert len(path.read_text().splitlines()) == 2
