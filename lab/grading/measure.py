"""Parts whose right value is measured in the round: when it began, and how long requests took.

An onset is the moment of the injection, in seconds since the epoch, and a warning the time from there to the first 5xx
of the incident, which is when nginx logged it. A percentile is one of `rt` over what the gateway
answered in the three seconds before the first 5xx of the incident, so that it keeps its value however long the round
stays open, and does not depend on where one sees the onset; where that is none, over all of the incident.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from lab.catalog.scenario import Measured
from lab.errors import LabError
from lab.logs.line import Line
from lab.logs.percentile import percentile
from lab.logs.record import Record
from lab.logs.stamp import read_rfc3339, write_rfc3339

BEFORE = 3.0
"""Seconds before the first failure over which percentiles are taken."""
Of = Literal["onset", "warning", "p50", "p95", "p99"]
_SHARE = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d):([0-5]\d)(?:[.,](\d{1,6}))?Z?", re.ASCII)
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s)", re.ASCII)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Target:
    """The right value of a measured part.

    Attributes:
        of: what is measured.
        value: seconds since the epoch for an onset, seconds for a percentile; None where there was nothing to measure.
        tolerance: how far off an answer may be, in seconds.
    """

    of: Of
    value: float | None
    tolerance: float

    def hit_by(self, given: str) -> bool:
        """Whether an answer lies within the tolerance. Raises LabError when it cannot be read."""
        return self.value is not None and abs(read(self.of, given, near=self.value) - self.value) <= self.tolerance

    def __str__(self) -> str:
        if self.value is None:
            return "not measured"
        if self.of == "onset":
            return f"{write_rfc3339(self.value)} ± {self.tolerance:g} s"
        return f"{self.value:.3f} s ± {self.tolerance:.3f} s"


def measure(asked: Measured, record: Record) -> Target:
    """What this round's own lines say."""
    if asked.of == "onset":
        return Target("onset", record.injected_at, asked.tolerance)
    if asked.of == "warning":
        failed = first_failure(record.incident())
        return Target(asked.of, None if failed is None else failed - record.injected_at, asked.tolerance)
    times = [line.fields["rt"] for line in window(record.incident()) if line.fields["rt"] is not None]
    if not times:
        return Target(asked.of, None, 0.0)
    value = percentile(times, _SHARE[asked.of])
    return Target(asked.of, value, value * asked.tolerance)


def window(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Those lines of the gateway's lab log over which percentiles are taken."""
    labs = sorted(
        (line for line in lines if line.kind == "gateway-lab" and line.fields), key=lambda one: one.fields["at"]
    )
    failed = first_failure(labs)
    before = tuple(line for line in labs if failed and failed - BEFORE <= line.fields["at"] < failed)
    return before or tuple(labs)


def first_failure(lines: Iterable[Line]) -> float | None:
    """When the first 5xx was logged, in seconds since the epoch; None where there is none."""
    return min(
        (float(one.fields["at"]) for one in lines if one.kind == "gateway-lab" and one.fields.get("status", 0) >= 500),
        default=None,
    )


def read(of: Of, given: str, *, near: float = 0.0) -> float:
    """An answer in seconds: `HH:MM:SS[.fff]` or RFC 3339 for an onset, `0.42s` or `420ms` for a duration.

    A time of day is taken on the day that brings it nearest to `near`.

    Raises:
        LabError: usage, when it is neither.
    """
    said = given.strip()
    if of == "onset":
        if found := _CLOCK.fullmatch(said):
            return _on_the_day(found, near)
        at = read_rfc3339(said)
        if at is not None:
            return at
        raise LabError(f"{said!r} is not a time.", "Write it in UTC as HH:MM:SS or 2026-11-21T12:00:00Z.", code=2)
    if found := _DURATION.fullmatch(said):
        return float(found[1]) / (1000 if found[2] == "ms" else 1)
    raise LabError(f"{said!r} is not a duration.", "Write it with its unit: 0.42s or 420ms.", code=2)


def _on_the_day(found: re.Match[str], near: float) -> float:
    moment = datetime.fromtimestamp(near, UTC).replace(
        hour=int(found[1]), minute=int(found[2]), second=int(found[3]), microsecond=int((found[4] or "0").ljust(6, "0"))
    )
    return min(((moment + days * _DAY).timestamp() for days in (-1, 0, 1)), key=lambda at: abs(at - near))
