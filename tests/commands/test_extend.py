from __future__ import annotations

import json
from typing import Any


def test_minutes_reach_the_round(fake: Any, run: Any) -> None:
    assert "left in round silver-anchor-ab12" in run("extend", "20").output
    assert fake.current.last("extend") == {"minutes": 20}


def test_a_quarter_of_an_hour_by_default_and_json_is_the_status(fake: Any, run: Any) -> None:
    assert json.loads(run("extend", "--json").stdout)["expires_at"] == "2099-11-21T13:00:00.000Z"
    assert fake.current.last("extend") == {"minutes": 15}


def test_no_minutes_is_a_usage_error(fake: Any, run: Any) -> None:
    assert run("extend", "0").exit_code == 2
