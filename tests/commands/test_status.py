from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from lab.commands.status import time_left


def test_the_round_in_progress(fake: Any, run: Any) -> None:
    out = run("status").output
    assert "Round silver-anchor-ab12, open" in out
    assert "tries left   3" in out


def test_json_is_the_rounds_own_object(fake: Any, run: Any) -> None:
    assert json.loads(run("status", "--json").stdout) == fake.current.answers["status"]


def test_all_is_an_array(fake: Any, run: Any) -> None:
    assert json.loads(run("status", "--all", "--json").stdout) == fake.rounds
    assert "silver-anchor-ab12" in run("status", "--all").output


def test_all_of_none(fake: Any, run: Any) -> None:
    fake.rounds = []
    assert "There are no rounds." in run("status", "--all").output
    assert json.loads(run("status", "--all", "--json").stdout) == []


def test_time_left_is_counted_down_to_over() -> None:
    now = datetime.now(UTC)
    assert time_left((now + timedelta(seconds=90.5)).isoformat()) == "1 min 30 s"
    assert time_left((now - timedelta(seconds=1)).isoformat()) == "over"
    assert time_left(None) == "-"
