from __future__ import annotations

import pytest

from lab.logs.mix import mix, mix_in_all, mix_over_time
from small_catalogue import client_line, closed_port, lab_line, slow_work


def test_rows_are_counted_by_status_route_and_hop() -> None:
    rows = mix(slow_work().lines)
    assert [(row["status"], row["route"], row["hop"], row["n"], row["p50"]) for row in rows] == [
        (200, "products", "api-1", 10, 0.004),
        (504, "products", "api-1", 10, 3.0),
    ]


def test_failures_without_a_status_come_from_the_clients() -> None:
    rows = mix([lab_line(1, 1, "a"), client_line(1, 1, "a"), client_line(2, 2, "b", status=None, errno=111)])
    assert [(row["status"], row["hop"], row["error"], row["n"]) for row in rows] == [
        (None, "client", "111", 1),
        (200, "api-1", None, 1),
    ]


def test_what_never_went_further_stays_at_the_gateway() -> None:
    assert mix([lab_line(1, 1, "a", status=503, us="-", ua="-")])[0]["hop"] == "gateway"


def test_over_time() -> None:
    rows = mix_over_time(closed_port().lines, per=10.0)
    assert [(row["from"], row["n"], row["by_status"]) for row in rows] == [
        ("2026-11-21T12:00:00.000Z", 9, {"200": 9}),
        ("2026-11-21T12:00:10.000Z", 9, {"200": 1, "502": 8}),
        ("2026-11-21T12:00:20.000Z", 2, {"502": 2}),
    ]


def test_a_window_needs_a_length() -> None:
    with pytest.raises(ValueError, match="length"):
        mix_over_time([], per=0)


def test_all_together_is_one_row() -> None:
    lines = [lab_line(n, n, f"r{n}", rt=n / 100) for n in range(1, 101)]
    assert mix_in_all(lines) == {"n": 100, "p50": 0.5, "p95": 0.95, "p99": 0.99}
