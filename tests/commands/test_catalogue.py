"""`lab list`, `lab show` and `lab vocabulary`, which need no round."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lab.catalog.load import load_scenarios, load_vocabulary
from lab.errors import LabError

ROW = {"id", "codename", "family", "title", "level", "minutes", "engines", "requires", "repair", "upstream"}


def test_the_list_shows_codenames_and_neither_ids_nor_titles(run: Any) -> None:
    out = run("list").output
    for scenario in load_scenarios().values():
        assert scenario.codename in out
        assert scenario.title not in out
        assert f" {scenario.id} " not in out


def test_spoilers_show_both(run: Any) -> None:
    out = run("list", "--spoilers").output
    assert all(scenario.id in out for scenario in load_scenarios().values())


def test_list_json_has_the_agreed_keys(run: Any) -> None:
    rows = json.loads(run("list", "--json").stdout)
    assert [row["id"] for row in rows] == list(load_scenarios())
    assert all(set(row) == ROW for row in rows)


def test_list_can_be_narrowed(run: Any) -> None:
    rows = json.loads(run("list", "--family", "gateway", "--level", "2", "--json").stdout)
    assert rows
    assert {(row["family"], row["level"]) for row in rows} == {("gateway", 2)}


def test_show_tells_the_story_and_not_the_key(run: Any) -> None:
    scenario = next(one for one in load_scenarios().values() if "$" in one.story)
    told = json.loads(run("show", scenario.codename, "--json").stdout)
    assert set(told) == ROW | {"story", "parts", "neighbours_shown"}
    assert told["neighbours_shown"] is False
    out = run("show", scenario.codename).output
    assert scenario.title not in out
    assert scenario.mechanism not in out
    assert "$" not in out


def test_show_of_an_unknown_name_offers_the_nearest(run: Any) -> None:
    name = next(iter(load_scenarios().values())).codename
    error = run("show", name[:-1]).exception
    assert isinstance(error, LabError)
    assert name in error.cure


def test_vocabulary_json_has_all_sets(run: Any) -> None:
    told = json.loads(run("vocabulary", "--json").stdout)
    assert list(told) == ["layers", "hops", "mechanisms", "next_steps", "patterns", "retries"]
    assert all(set(term) == {"id", "title", "aliases"} for terms in told.values() for term in terms)


@pytest.mark.parametrize("name", ["layers", "next_steps"])
def test_vocabulary_of_one_set(name: str, run: Any) -> None:
    out = run("vocabulary", name).output
    assert all(term.id in out for term in load_vocabulary().terms(name))  # type: ignore[arg-type]
    assert "Retries" not in out
