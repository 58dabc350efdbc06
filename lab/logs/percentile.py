"""Percentiles by the nearest rank, the same wherever the lab shows or asks for one."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all values do not exceed.

    Nearest rank, so it is always a value that was measured. Raises ValueError for no values.
    """
    if not values:
        raise ValueError("no values have no percentile")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def percentiles(values: Sequence[float]) -> dict[str, float | None]:
    """`p50`, `p95` and `p99`, rounded to milliseconds; None for no values."""
    shares = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
    return {name: round(percentile(values, share), 3) if values else None for name, share in shares.items()}
