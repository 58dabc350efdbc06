from __future__ import annotations

from typing import Any

import pytest

from lab.catalog.load import load_scenarios, load_vocabulary
from lab.catalog.vocabulary import SET_OF_PART
from lab.cli import main
from lab.commands.demo import CAREFUL, HASTY, SCENARIO
from lab.errors import LabError


def play(fake: Any) -> None:
    passed = fake.current.answers["answer"]
    fake.current.answers["answer"] = [{**passed, "passed": False, "score": 20.0, "tries_left": 2}, passed]


def test_it_plays_a_round_through_real_calls_and_takes_it_down(fake: Any, run: Any) -> None:
    play(fake)
    result = run("demo")
    assert result.exit_code == 0
    assert [op for op, _ in fake.current.asked] == ["answer", "answer", "debrief"]
    assert fake.stopped == ["silver-anchor-ab12"]
    assert "left behind: nothing." in result.output
    assert "lab start" in result.output


def test_the_round_is_the_agreed_one(fake: Any, run: Any) -> None:
    play(fake)
    run("demo")
    ((name, wish),) = fake.started
    assert name == "crash-mid-request"
    assert wish["seed"] == 7


def test_it_cites_what_it_found_in_the_logs(fake: Any, run: Any) -> None:
    play(fake)
    out = run("demo").output
    cited = [params["evidence"] for op, params in fake.current.asked if op == "answer"]
    assert cited == [["gateway/lab.log:2"], ["gateway/error.log:1", "system/process.log:2"]]
    for ref in ("client/client.log:1", "gateway/lab.log:2", "gateway/error.log:1", "api-1/app.log:2"):
        assert ref in out


@pytest.mark.parametrize("log", ["gateway/error.log", "system/process.log", "client/client.log"])
def test_a_round_without_a_decisive_line_is_not_played_on(log: str, fake: Any, run: Any) -> None:
    (fake.current.folder / "logs" / log).unlink()
    assert isinstance(run("demo").exception, LabError)
    assert fake.stopped == ["silver-anchor-ab12"], "taken down all the same"


def test_its_answers_are_of_the_vocabulary_and_the_careful_one_is_the_scenarios() -> None:
    vocabulary = load_vocabulary()
    for answer in (HASTY, CAREFUL):
        assert all(vocabulary.term(SET_OF_PART[part], said) for part, said in answer.items() if part in SET_OF_PART)
    assert load_scenarios()[SCENARIO].mechanism == CAREFUL["mechanism"] != HASTY["mechanism"]


@pytest.mark.nginx
def test_in_a_real_round_the_hasty_answer_fails_and_the_careful_one_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    out = capsys.readouterr().out
    hasty, careful = out.split("A hasty answer")[1].split("A careful answer")
    assert "Not passed:" in hasty
    assert "\nPassed:" in careful
    assert "left behind: nothing." in careful
