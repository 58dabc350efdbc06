from __future__ import annotations

import json
from typing import Any

from lab.errors import LabError


def test_the_newest_open_round_is_stopped(fake: Any, run: Any) -> None:
    fake.rounds = [{**fake.rounds[0], "round": "old", "state": "closed"}, fake.rounds[0]]
    result = run("stop", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "stopped": ["silver-anchor-ab12"],
        "left_behind": {"processes": [], "listeners": [], "folders": []},
    }
    assert fake.stopped == ["silver-anchor-ab12"]
    assert not fake.purged


def test_a_round_that_lost_its_supervisor_is_stopped_too(fake: Any, run: Any) -> None:
    fake.rounds = [{**fake.rounds[0], "state": "broken", "died": True}]
    assert "is down" in run("stop").output


def test_nothing_open_is_an_error_with_a_cure(fake: Any, run: Any) -> None:
    fake.rounds = [{**fake.rounds[0], "state": "closed"}]
    error = run("stop").exception
    assert isinstance(error, LabError)
    assert "lab start" in error.cure


def test_purge_deletes_what_was_stopped(fake: Any, run: Any) -> None:
    run("stop", "--purge", "--round", "silver-anchor-ab12")
    assert fake.purged == ["silver-anchor-ab12"]


def test_all_with_purge_deletes_the_closed_ones_too(fake: Any, run: Any) -> None:
    fake.rounds = [fake.rounds[0], {**fake.rounds[0], "round": "old", "state": "closed"}]
    assert run("stop", "--all", "--purge").exit_code == 0
    assert fake.stopped == ["silver-anchor-ab12"]
    assert fake.purged == ["silver-anchor-ab12", "old"]


def test_all_of_none_is_fine(fake: Any, run: Any) -> None:
    fake.rounds = []
    result = run("stop", "--all")
    assert (result.exit_code, result.output) == (0, "No round was open.\n")


def test_what_is_left_behind_is_said_and_fails(fake: Any, run: Any) -> None:
    fake.left = {"processes": ["4711 nginx"], "listeners": [], "folders": []}
    result = run("stop")
    assert result.exit_code == 1
    assert "Left behind, processes: 4711 nginx" in result.output


def test_one_and_all_is_a_usage_error(fake: Any, run: Any) -> None:
    assert run("stop", "--all", "--round", "x").exit_code == 2
    assert not fake.stopped
