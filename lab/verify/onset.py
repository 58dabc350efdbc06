"""When an incident began, as far as its own lines tell."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from lab.grading.measure import Of, first_failure, window
from lab.grading.scene import Scene
from lab.logs.line import Line
from lab.logs.percentile import percentile
from lab.logs.record import Record
from lab.logs.route import route_of
from lab.logs.stamp import write_rfc3339

FEW = 20
"""Lines below which nothing is measured."""
MARGIN = 2.0
"""Seconds before the first symptom that are counted in: error.log has whole seconds, and a cause comes first."""
CLEAR = 0.25
"""Share of the spread that a change of `rt` has to explain; below that the first failure is the onset."""
_SHARE = {"p50": 0.50, "p95": 0.95, "p99": 0.99}


def estimate(record: Record) -> Record:
    """The record with an incident that begins shortly before the first request that ended as the named one did.

    Where the named request ended well (it was slow, or the system is healthy) all lines belong to the incident.
    """
    scene = Scene(record)
    status = scene.status
    if status != "none" and status < "400":
        return record
    first = min((at for line in record.lines if (at := _began(line, status)) is not None), default=None)
    if first is None:
        return record
    start: dict[str, int] = {}
    for line in record.lines:
        at = line.fields.get("at")
        if isinstance(at, int | float) and at < first - MARGIN:
            start[line.log] = max(start.get(line.log, 0), line.n)
    return replace(record, start=start)


def measured(of: Of, record: Record) -> str | None:
    """The answer for a measured part; None where the gateway logged too little.

    An onset is where `rt` leaves its level, or the first failure where it never does.
    """
    lines = sorted((line for line in record.lines if line.kind == "gateway-lab" and line.fields), key=_start)
    if len(lines) < FEW:
        return None
    onset = _start(lines[_onset(lines)])
    if of == "onset":
        return write_rfc3339(onset)
    if of == "warning":
        failed = first_failure(lines)
        return None if failed is None else f"{max(0.0, failed - onset):.3f}s"
    times = [line.fields["rt"] for line in window(lines) if line.fields["rt"] is not None]
    return f"{percentile(times, _SHARE[of]):.3f}s" if times else None


def _onset(lines: Sequence[Line]) -> int:
    """Index of the first line of the incident."""
    failed = next((i for i, line in enumerate(lines) if line.fields["status"] >= 500), len(lines))
    before = lines[:failed] if failed >= FEW else lines
    place, gain = change_point([_start(line) for line in before], _levels(before))
    return place if gain >= CLEAR or failed in (0, len(lines)) else failed


def change_point(times: Sequence[float], values: Sequence[float]) -> tuple[int, float]:
    """Where a level ends and a line of any slope begins, by least squares.

    Returns the index of the first value on the line, and the share of the spread around one level that it explains.
    """
    n = len(values)
    origin = times[0] if times else 0.0
    right = _Line()
    tails = [0.0] * (n + 1)
    for i in range(n - 1, -1, -1):
        right.add(times[i] - origin, values[i])
        tails[i] = right.spread
    best, place = tails[0], 0
    level = _Line()
    for i in range(n - 1):
        level.add(0.0, values[i])
        if (spread := level.spread + tails[i + 1]) < best:
            best, place = spread, i + 1
    if n:
        level.add(0.0, values[-1])
    return place, 1 - best / level.spread if level.spread > 0 else 0.0


class _Line:
    """Sums of a least-squares line through points."""

    def __init__(self) -> None:
        self.n = self.t = self.v = self.tt = self.tv = self.vv = 0.0

    def add(self, t: float, v: float) -> None:
        self.n += 1
        self.t += t
        self.v += v
        self.tt += t * t
        self.tv += t * v
        self.vv += v * v

    @property
    def spread(self) -> float:
        """Sum of the squared distances from the line; from the mean where all times are the same."""
        if not self.n:
            return 0.0
        across = self.tt - self.t * self.t / self.n
        both = self.tv - self.t * self.v / self.n
        up = self.vv - self.v * self.v / self.n
        return max(0.0, up - (both * both / across if across > 1e-12 else 0.0))


def _levels(lines: Sequence[Line]) -> list[float]:
    """The logarithm of each `rt` over what is usual on its route, so that quick and slow routes can be compared."""
    logs = [math.log((line.fields["rt"] or 0.0) + 0.001) for line in lines]
    routes = [route_of(line.fields["method"], line.fields["path"]) for line in lines]
    by_route: dict[str | None, list[float]] = defaultdict(list)
    for route, value in zip(routes, logs, strict=True):
        by_route[route].append(value)
    usual = {route: percentile(values, 0.25) for route, values in by_route.items()}
    return [value - usual[route] for route, value in zip(routes, logs, strict=True)]


def _start(line: Line) -> float:
    return float(line.fields["at"]) - float(line.fields["rt"] or 0.0)


def _began(line: Line, status: str) -> float | None:
    """When a request that ended with `status` began; None for other lines."""
    if line.kind == "gateway-lab" and line.fields and str(line.fields["status"]) == status:
        return _start(line)
    if line.kind == "client" and status == "none" and line.fields.get("status", 0) is None:
        at, total = line.fields.get("at"), line.fields.get("total")
        if isinstance(at, int | float):
            return at - (total if isinstance(total, int | float) else 0.0)
    return None
