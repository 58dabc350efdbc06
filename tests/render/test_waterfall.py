from __future__ import annotations

from lab.render.waterfall import Phase, waterfall


def test_bars_begin_where_the_phase_begins_and_are_as_long_as_it_is() -> None:
    drawn = waterfall([Phase("connect", 0.0, 0.5), Phase("first byte", 0.5, 1.0)], width=44, ascii_only=True)
    assert drawn.splitlines() == [
        "  connect       500 ms  ==========",
        "  first byte    500 ms            ==========",
    ]


def test_a_phase_too_short_to_be_seen_is_seen_and_the_width_kept() -> None:
    drawn = waterfall([Phase("a", 0.0, 10.0), Phase("b", 10.0, 10.00001)], width=60, ascii_only=True)
    assert drawn.splitlines()[1].endswith("=")
    assert max(map(len, drawn.splitlines())) <= 60


def test_phases_that_took_no_time_at_all() -> None:
    assert "=" in waterfall([Phase("a", 0.0, 0.0)], ascii_only=True)
    assert waterfall([]) == ""
