from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.logs.stamp import read_rfc3339, write_rfc3339


@given(st.integers(0, 4_000_000_000_000))
def test_writing_and_reading_agree(milliseconds: int) -> None:
    assert read_rfc3339(write_rfc3339(milliseconds / 1000)) == pytest.approx(milliseconds / 1000, abs=0.0006)


def test_a_date_alone_and_nonsense_are_no_time() -> None:
    assert read_rfc3339("2026-11-21") is None
    assert read_rfc3339("noon") is None


def test_utc_is_written_with_z() -> None:
    assert write_rfc3339(1795262400.1239) == "2026-11-21T12:00:00.124Z"
