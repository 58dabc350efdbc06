"""The checks that every test goes through do fail when something is left."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

HERE = Path(__file__).parent
WRONG = {
    "test_child_left": "the test left processes",
    "test_orphan_left_with_mark": "the test left processes",
    "test_orphan_left_in_folder": "the test left processes",
    "test_listener_left": "the test left listeners",
    "test_round_left": "r2 (open)",
    "test_alert": "worker process 2 exited on signal 9",
}
RIGHT = {
    "test_clean",
    "test_ends_within_patience",
    "test_round_left_as_expected",
    "test_alert_as_expected",
    "test_wider_fixture_is_not_left_by_the_test",
}


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project of its own with this project's conftest, in which tests leave things."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE.parent), str(HERE / "support")]))
    monkeypatch.delenv("LAB_REQUIRE_NGINX", raising=False)
    pytester.makeconftest((HERE / "conftest.py").read_text() + "\nleaks.PATIENCE = 0.5\n")
    pytester.makeini("[pytest]\nmarkers =\n    nginx\n    alert_expected\n    rounds_left_expected\n")
    pytester.makepyfile(test_inner=(HERE / "support" / "leaving.py").read_text())
    return pytester


def test_each_thing_left_is_an_error_of_its_test_alone(inner: pytest.Pytester) -> None:
    pids = set(psutil.pids())
    result = inner.runpytest_subprocess("-p", "no:cacheprovider", "-rA", "-k", "not needs_nginx")
    output = result.stdout.str()
    result.assert_outcomes(passed=len(WRONG) + len(RIGHT), errors=len(WRONG))
    for name, message in WRONG.items():
        assert f"ERROR test_inner.py::{name} - " in output
        assert message in output
    for name in RIGHT:
        assert f"ERROR test_inner.py::{name}" not in output
    asleep = [p for p in psutil.process_iter(["cmdline"]) if p.pid not in pids and "time.sleep(61.7)" in str(p.info)]
    assert not asleep, "what a test leaves is ended after it was reported"


@pytest.mark.parametrize(("required", "outcome"), [("", {"skipped": 1}), ("1", {"errors": 1})])
def test_without_nginx_a_test_is_skipped_or_fails_where_nginx_is_required(
    inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, required: str, outcome: dict[str, int]
) -> None:
    monkeypatch.setenv("LAB_REQUIRE_NGINX", required)
    monkeypatch.setenv("LAB_NGINX", "/nonexistent/nginx")
    result = inner.runpytest_subprocess("-p", "no:cacheprovider", "-rsE", "-k", "needs_nginx")
    result.assert_outcomes(deselected=len(WRONG) + len(RIGHT), **outcome)
    assert "/nonexistent/nginx" in result.stdout.str()
