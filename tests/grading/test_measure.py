from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.catalog.scenario import Measured
from lab.errors import LabError
from lab.grading.measure import BEFORE, Target, measure, read, window
from lab.logs.record import Record
from lab.logs.stamp import write_rfc3339
from small_catalogue import NOW, closed_port, lab_line, slow_work


def asked(of: str, tolerance: float) -> Measured:
    return Measured.model_validate({"of": of, "tolerance": tolerance, "ask": "?"})


@pytest.mark.parametrize(
    "text", ["12:00:11", "12:00:11.000", "12:00:11Z", "2026-11-21T12:00:11Z", "2026-11-21T14:00:11+02:00"]
)
def test_an_onset_is_a_time_of_day_or_a_timestamp(text: str) -> None:
    assert read("onset", text, near=NOW) == NOW + 11


def test_a_time_of_day_lies_on_the_nearest_day() -> None:
    midnight = NOW + 12 * 3600
    assert read("onset", "23:59:59", near=midnight + 1) == midnight - 1
    assert read("onset", "00:00:02", near=midnight - 1) == midnight + 2


@pytest.mark.parametrize("text", ["0.42s", "420ms", "420 ms", "0.42 s"])
def test_a_percentile_is_in_seconds_or_milliseconds(text: str) -> None:
    assert read("p95", text) == pytest.approx(0.42)


@pytest.mark.parametrize(
    ("of", "text"),
    [("onset", "noon"), ("onset", "25:00:00"), ("p50", "fast"), ("p50", "-1"), ("p50", "0.42"), ("p50", "1 min")],
)
def test_what_cannot_be_read_is_a_usage_error(of: str, text: str) -> None:
    with pytest.raises(LabError) as caught:
        read(of, text)  # type: ignore[arg-type]
    assert caught.value.code == 2


@given(st.floats(-10, 10))
def test_an_onset_within_the_tolerance_hits(off: float) -> None:
    target = Target("onset", NOW, 2.0)
    assert target.hit_by(write_rfc3339(NOW + off)) == (abs(round(off, 3)) <= 2.0 or abs(abs(off) - 2.0) < 0.001)


def test_a_percentile_is_of_the_incidents_lines_and_its_tolerance_is_a_share() -> None:
    target = measure(asked("p95", 0.25), slow_work())
    assert (target.value, target.tolerance) == (3.0, 0.75)
    assert target.hit_by("2400 ms")
    assert not target.hit_by("2.2s")


def test_a_creeping_incident_is_measured_in_the_seconds_before_its_first_failure() -> None:
    calm = [lab_line(n, n / 10, f"r{n}", rt=0.001) for n in range(1, 101)]
    slow = [lab_line(n, n / 10, f"s{n}", rt=0.1) for n in range(101, 131)]
    bad = [lab_line(n, n / 10, f"b{n}", rt=9.0, status=503) for n in range(131, 180)]
    record = Record((*calm, *slow, *bad))
    assert measure(asked("p50", 0.1), record).value == 0.1
    assert len(window(record.lines)) == 10 * BEFORE
    assert measure(asked("p50", 0.1), replace(record, lines=tuple(bad))).value == 9.0


def test_a_round_without_lines_has_nothing_to_hit() -> None:
    target = measure(asked("p50", 0.1), Record(()))
    assert (target.value, str(target), target.hit_by("0.1s")) == (None, "not measured", False)


def test_targets_are_written_out() -> None:
    assert str(measure(asked("onset", 2), closed_port())) == "2026-11-21T12:00:11.000Z ± 2 s"
    assert str(measure(asked("p50", 0.5), slow_work())) == "3.000 s ± 1.500 s"
