"""Without a real Toxiproxy the real half is skipped in one line, or fails where it is required."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
INNER = """
import pytest

@pytest.mark.toxiproxy
@pytest.mark.parametrize("number", range(3))
def test_compared(number):
    pass
"""


@pytest.mark.parametrize(("required", "outcome"), [("", {"skipped": 3}), ("1", {"errors": 3})])
def test_the_real_half(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, required: str, outcome: dict[str, int]
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(TESTS.parent), str(TESTS / "support")]))
    monkeypatch.setenv("LAB_TOXIPROXY", "/nonexistent/toxiproxy")
    monkeypatch.setenv("LAB_REQUIRE_TOXIPROXY", required)
    pytester.makeconftest((TESTS / "conftest.py").read_text())
    pytester.makeini("[pytest]\nmarkers =\n    toxiproxy\n    nginx\n    alert_expected\n    rounds_left_expected\n")
    pytester.makepyfile(test_inner=INNER)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-rs")
    result.assert_outcomes(**outcome)
    lines = [line for line in result.stdout.lines if "/nonexistent/toxiproxy" in line]
    assert lines
    assert required or (len(lines) == 1 and "[3]" in lines[0])
