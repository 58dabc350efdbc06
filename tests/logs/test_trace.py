from __future__ import annotations

from lab.logs.trace import trace
from small_catalogue import RID, TIMED_OUT, app_line, closed_port, error_line, lab_line, line, slow_work


def test_all_hops_in_the_order_of_time() -> None:
    assert [one.ref for one in trace(slow_work().lines, RID)] == [
        "gateway/error.log:1",
        "gateway/lab.log:11",
        "client/client.log:11",
        "api-1/app.log:11",
    ]


def test_the_error_line_is_joined_by_connection_and_time() -> None:
    mine = lab_line(1, 9.5, "mine", conn=7, rt=3.0)
    lines = [
        mine,
        error_line(1, 3, TIMED_OUT, conn=7),  # the same connection, an earlier request
        error_line(2, 9, TIMED_OUT, conn=7),
        error_line(3, 9, TIMED_OUT, conn=8),  # another connection
    ]
    assert [one.ref for one in trace(lines, "mine")] == ["gateway/error.log:2", "gateway/lab.log:1"]


def test_the_access_line_is_its_twin_of_the_same_second() -> None:
    text = '127.77.1.101 - - [21/Nov/2026:12:00:05 +0000] "GET /products HTTP/1.1" 200 157 "-" "x"'
    lines = [
        lab_line(1, 5.1, "a"),
        lab_line(2, 5.2, "b"),
        line("gateway/access.log", 1, text),
        line("gateway/access.log", 2, text),
    ]
    assert [one.ref for one in trace(lines, "b")] == ["gateway/lab.log:2", "gateway/access.log:2"]


def test_an_unknown_request_has_no_lines() -> None:
    assert trace(closed_port().lines, "nobody") == ()


def test_lines_without_a_time_come_last() -> None:
    late = app_line(1, 1, "a")
    timeless = line("api-1/app.log", 2, '{"rid": "a", "event": "x"}')
    assert trace([timeless, late], "a") == (late, timeless)
