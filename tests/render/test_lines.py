from __future__ import annotations

from typing import Any

import pytest

from lab.logs.line import Line
from lab.logs.parse import PARSERS
from lab.render.lines import log_lines, shorten

LAB = (
    '2026-11-21T12:00:01+00:00 127.77.3.102 "GET /orders/7 HTTP/1.1" status=200 bytes=100 rid=abcd rt=1.021 '
    'uct="0.000, 0.001" uht="-, 0.010" urt="1.001, 0.011" us="504, 200" ua="127.77.3.21:8000, 127.77.3.22:8000" '
    'cs=- ubr="0, 300" cl=220 conn=9 reqs=1 msec=1795262401.250'
)


def line(kind: str, text: str, log: str = "gateway/lab.log") -> Line:
    return Line(log, 3, text, kind, PARSERS[kind](text))


def test_the_decisive_values_are_shown_as_nginx_wrote_them() -> None:
    said = shorten(line("gateway-lab", LAB)).plain
    assert said.startswith('12:00:01.250 GET /orders/7 status=200 us="504, 200"')
    assert 'uct="0.000, 0.001"' in said
    assert "msec" not in said
    assert "cs=" not in said, "there is no cache"


def test_a_cut_off_body_shows_what_was_sent_and_what_was_promised() -> None:
    assert "bytes=100 cl=220" in shorten(line("gateway-lab", LAB)).plain
    assert "bytes=" not in shorten(line("gateway-lab", LAB.replace("bytes=100", "bytes=220"))).plain


def test_an_empty_upstream_is_not_a_dash() -> None:
    text = LAB.replace('ua="127.77.3.21:8000, 127.77.3.22:8000"', 'ua=""')
    assert 'ua=""' in shorten(line("gateway-lab", text)).plain


def test_an_app_line_has_its_error_and_counts_its_traceback() -> None:
    text = (
        '{"ts": "2026-11-21T12:00:01.000Z", "level": "ERROR", "hop": "api-1", "event": "exception", "rid": "abcd",'
        ' "error": "KeyError", "traceback": "a\\nb\\nc"}'
    )
    said = shorten(line("app", text, "api-1/app.log")).plain
    assert said == "12:00:01.000 ERROR exception error=KeyError rid=abcd traceback=(3 lines)"


def test_a_client_without_a_status_says_so() -> None:
    text = (
        '{"ts": "2026-11-21T12:00:01.000Z", "actor": "shopper", "method": "GET", "path": "/",'
        ' "status": null, "errno": 111}'
    )
    assert shorten(line("client", text, "client/client.log")).plain == "12:00:01.000 shopper GET / status=- errno=111"


def test_the_reference_stands_in_front_and_shortening_is_said(printed: Any) -> None:
    out = printed(log_lines([line("gateway-lab", LAB)]))
    assert out.startswith("gateway/lab.log:3  12:00:01.250")
    assert "`lab logs REF` shows one as written" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80


def test_whole_lines_are_whole(printed: Any) -> None:
    out = printed(log_lines([line("gateway-lab", LAB)], whole=True))
    assert " ".join(out.split()) == f"gateway/lab.log:3 {LAB}"


@pytest.mark.parametrize("kind", ["gateway-lab", "app"])
def test_a_line_that_cannot_be_read_is_shown_as_it_is(printed: Any, kind: str) -> None:
    assert "garbage [x]" in printed(log_lines([line(kind, "garbage [x]")]))


def test_a_line_that_is_pointed_at_is_marked_by_a_sign(printed: Any) -> None:
    started = line("process", "2026-11-21T12:00:00.000Z api-1[7]: started", "system/process.log")
    assert printed(log_lines([started], mark="system/process.log:3")).startswith("> system/process.log:3")
    assert printed(log_lines([started], mark="system/process.log:9")).startswith("  system/process.log:3")
