from __future__ import annotations

import json
from typing import Any

import pytest

from lab.cli import main
from lab.errors import LabError


def test_bare_it_is_the_decision_tree(run: Any) -> None:
    out = run("guide").output
    assert out.startswith("Where is it broken? The decision tree\n")
    assert "spoil" in out


@pytest.mark.parametrize(("topic", "title"), [("502", "502 Bad Gateway"), ("ECONNREFUSED", "111 ECONNREFUSED: ")])
def test_a_topic(topic: str, title: str, run: Any) -> None:
    out = run("guide", topic).output
    assert out.startswith(title)
    assert "lab start copper-lantern" in out


def test_json_is_the_pages_data(run: Any) -> None:
    told = json.loads(run("guide", "504", "--json").stdout)
    assert (told["topic"], told["title"]) == ("504", "504 Gateway Timeout")
    kinds = {block["kind"] for section in told["sections"] for block in section["blocks"]}
    assert {"text", "table", "commands", "entry"} <= kinds


def test_an_unknown_topic_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", "symptom"]) == 2
    assert capsys.readouterr().err == "The guide has no page about 'symptom'.\nDid you mean symptoms?\n"


def test_an_unknown_topic_in_json(run: Any) -> None:
    assert isinstance(run("guide", "nonsense", "--json").exception, LabError)


def test_while_a_round_is_open_no_scenario_is_named(fake: Any, run: Any) -> None:
    out = run("guide", "502").output
    assert "lab start" not in out
    assert "A round is open, so no scenario is named" in out
    assert not [s for s in json.loads(run("guide", "502", "--json").stdout)["sections"] if "copper" in json.dumps(s)]


def test_unless_one_asks_for_it(fake: Any, run: Any) -> None:
    assert "lab start copper-lantern" in run("guide", "502", "--spoilers").output


def test_a_round_that_is_over_hides_nothing(fake: Any, run: Any) -> None:
    fake.rounds = [{**fake.rounds[0], "state": "closed"}]
    assert "lab start copper-lantern" in run("guide", "502").output
