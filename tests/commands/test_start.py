from __future__ import annotations

import json
from typing import Any


def test_a_name_and_its_wishes_reach_the_round(fake: Any, run: Any) -> None:
    assert run("start", "silver-anchor", "--seed", "7", "--minutes", "5").exit_code == 0
    ((name, wish),) = fake.started
    assert name == "silver-anchor"
    assert wish == {"level": None, "family": None, "seed": 7, "engine": "process", "link_server": None, "minutes": 5}


def test_without_a_name_it_is_blind(fake: Any, run: Any) -> None:
    run("start", "--level", "2", "--family", "gateway")
    ((name, wish),) = fake.started
    assert name is None
    assert (wish["level"], wish["family"]) == (2, "gateway")


def test_it_tells_the_brief_and_where_to_look(fake: Any, run: Any) -> None:
    out = run("start").output
    assert "starting the system" in out
    assert "This system is broken on purpose." in out
    assert str(fake.current.folder) in out.replace("\n", "")


def test_json_keeps_progress_off_stdout(fake: Any, run: Any) -> None:
    result = run("start", "--json")
    assert json.loads(result.stdout)["round"] == "silver-anchor-ab12"
    assert result.stderr == "starting the system\n"


def test_a_name_leaves_nothing_to_draw(fake: Any, run: Any) -> None:
    assert run("start", "silver-anchor", "--level", "2").exit_code == 2
    assert not fake.started
