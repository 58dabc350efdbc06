from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.logs.percentile import percentile, percentiles


def test_nearest_rank() -> None:
    assert [percentile(range(1, 101), share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.5) == 7.0


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(0.01, 1))
def test_enough_values_lie_at_or_below(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_no_values() -> None:
    assert percentiles([]) == {"p50": None, "p95": None, "p99": None}
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)
