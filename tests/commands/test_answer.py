from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from lab.commands.answer import ask
from lab.errors import LabError


def failed(fake: Any) -> None:
    fake.current.answers["answer"] = {**fake.current.answers["answer"], "passed": False, "score": 20.0, "tries_left": 2}


def test_flags_become_parts(fake: Any, run: Any) -> None:
    words = "--status 502 --written-by gateway --next-step check-process --part onset=12 --evidence gateway/error.log:1"
    assert run("answer", *words.split()).exit_code == 0
    assert fake.current.last("answer") == {
        "parts": {"status": "502", "written_by": "gateway", "next_step": "check-process", "onset": "12"},
        "evidence": ["gateway/error.log:1"],
    }


def test_the_grade_shows_verdicts_points_and_reasons(fake: Any, run: Any) -> None:
    out = run("answer", "--status", "502").output
    assert "Passed: 95" in out
    assert "It would look the same for a neighbour." in out
    assert "See gateway/error.log:1" in out
    assert "lab debrief" in out


def test_a_failed_answer_exits_with_1(fake: Any, run: Any) -> None:
    failed(fake)
    result = run("answer", "--status", "502")
    assert result.exit_code == 1
    assert "Not passed: 20" in result.output
    assert "2 tries left" in result.output


def test_json_is_the_grade_and_the_exit_status_too(fake: Any, run: Any) -> None:
    failed(fake)
    result = run("answer", "--status", "502", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == fake.current.answers["answer"]


def test_nobody_to_ask_and_no_flags_is_a_usage_error(fake: Any, run: Any) -> None:
    error = run("answer").exception
    assert isinstance(error, LabError)
    assert error.code == 2
    assert not fake.current.asked


def test_four_pieces_of_evidence_are_refused_before_a_try_is_used(fake: Any, run: Any) -> None:
    words = [word for n in range(1, 5) for word in ("--evidence", f"gateway/error.log:{n}")]
    assert isinstance(run("answer", *words).exception, LabError)
    assert not fake.current.asked


def test_a_part_without_a_value_is_a_usage_error(fake: Any, run: Any) -> None:
    assert run("answer", "--part", "onset").exit_code == 2


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.commands.answer.interactive", lambda: True)


def test_it_asks_part_by_part_and_takes_aliases(fake: Any, run: Any, terminal: None) -> None:
    result = run("answer", input="help\n502\napplication\ngateway/error.log:99\ngateway/error.log:1\n\n\n")
    assert result.exit_code == 0
    assert "On which layer did it fail?" in result.output
    assert "request · tcp · app" in result.output
    assert "A status is three digits" in result.output
    assert "There is no line gateway/error.log:99." in result.output
    assert "layer: app" in result.output
    assert fake.current.last("answer") == {
        "parts": {"status": "502", "layer": "app"},
        "evidence": ["gateway/error.log:1"],
    }


def test_a_wrong_choice_and_a_wrong_reference_are_asked_again(fake: Any, run: Any, terminal: None) -> None:
    result = run("answer", input="\nappp\napp\nerror.log\nlooks.log:1\n\ny\n")
    assert "There is no layer called 'appp'. Did you mean app" in result.output
    assert "names no piece of evidence" in result.output
    assert fake.current.last("answer") == {"parts": {"layer": "app"}, "evidence": ["looks.log:1"]}


def test_nothing_answered_uses_no_try(fake: Any, run: Any, terminal: None) -> None:
    result = run("answer", input="\n\n\n")
    assert result.exit_code == 1
    assert "No try was used" in result.output
    assert "answer" not in [op for op, _ in fake.current.asked]


def test_an_answer_that_is_not_meant_uses_no_try(fake: Any, run: Any, terminal: None) -> None:
    result = run("answer", input="502\napp\n\nn\n")
    assert result.exit_code == 1
    assert "none, so nothing is proven" in result.output
    assert "answer" not in [op for op, _ in fake.current.asked]


def test_a_measurement_is_asked_for_until_it_can_be_read(run: Any, terminal: None) -> None:
    asked = [{"part": "p95", "ask": "How long?", "of": "p95"}]
    with CliRunner().isolation(input="0.302\n302ms\n"):
        assert ask(asked) == ({"p95": "302ms"}, [])
