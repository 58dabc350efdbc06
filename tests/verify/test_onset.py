from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lab.logs.record import Record
from lab.verify.onset import change_point, estimate, measured
from small_catalogue import client_line, lab_line


@given(st.integers(10, 60), st.integers(10, 60), st.floats(1, 100))
def test_a_step_is_found_where_it_is(before: int, after: int, height: float) -> None:
    values = [0.0] * before + [height] * after
    place, gain = change_point([float(i) for i in range(len(values))], values)
    assert place == before
    assert gain > 0.99


@given(st.integers(10, 60), st.integers(10, 60), st.floats(0.5, 5))
def test_a_ramp_is_found_where_it_begins(before: int, after: int, slope: float) -> None:
    values = [0.0] * before + [slope * (i + 1) for i in range(after)]
    place, gain = change_point([float(i) for i in range(len(values))], values)
    assert abs(place - before) <= 1
    assert gain > 0.99


def test_a_level_has_no_change_point() -> None:
    assert change_point([], []) == (0, 0.0)
    assert change_point([0.0, 1.0], [5.0, 5.0]) == (0, 0.0)


def test_without_a_change_of_rt_the_first_failure_is_the_onset() -> None:
    lines = [lab_line(n, n / 2, f"r{n}", status=503 if n > 60 else 200) for n in range(1, 101)]
    assert measured("onset", Record(tuple(lines))) == "2026-11-21T12:00:30.496Z"


def test_too_few_lines_are_no_measurement() -> None:
    assert measured("p50", Record((lab_line(1, 1, "a"),))) is None


def test_clients_tell_when_nothing_reached_the_gateway() -> None:
    lines = [client_line(n, n * 5, f"r{n}", status=None if n > 5 else 200, errno=111) for n in range(1, 11)]
    assert estimate(Record(tuple(lines), request_id="r7")).start == {"client/client.log": 5}


def test_a_request_that_ended_well_leaves_all_lines_in() -> None:
    assert estimate(Record((lab_line(1, 1, "a"),), request_id="a")).start == {}
