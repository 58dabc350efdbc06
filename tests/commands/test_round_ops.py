"""The commands that ask the round one thing and print what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lab.errors import LabError


@pytest.mark.parametrize(
    ("words", "op", "asked", "said"),
    [
        (("inspect", "proc", "api-1"), "inspect", {"topic": "proc", "hop": "api-1"}, "SIGKILL"),
        (("traffic", "off"), "traffic", {"mode": "off"}, "Traffic is off, 0 requests a second."),
        (("hint",), "hint", {}, "Hint, look here (3 points):"),
        (("give-up",), "give-up", {}, "process-killed: the service manager saw signal 9"),
        (("debrief",), "debrief", {}, "How to prevent it"),
    ],
)
def test_what_is_asked_and_said(words: tuple[str, ...], op: str, asked: Any, said: str, fake: Any, run: Any) -> None:
    assert said in run(*words).output
    assert fake.current.last(op) == asked
    assert json.loads(run(*words, "--json").stdout) == fake.current.answers[op]


@pytest.mark.parametrize(
    "words", [("inspect", "proc", "api-1"), ("traffic", "on"), ("hint",), ("give-up",), ("debrief",)]
)
def test_an_unknown_round_is_an_error(words: tuple[str, ...], fake: Any, run: Any) -> None:
    assert isinstance(run(*words, "--round", "other").exception, LabError)


def test_a_free_hint_says_so(fake: Any, run: Any) -> None:
    fake.current.answers["hint"] = {"rung": "rule out", "text": "Nothing new.", "price": 0}
    assert "(free)" in run("hint").output


def test_sockets_are_a_table(fake: Any, run: Any) -> None:
    rows = [{"unit": "api-1", "state": "LISTEN", "local": "127.77.3.21:8000", "peer": "", "recv_q": 0, "send_q": 128}]
    fake.current.answers["inspect"] = {"look": 4, "what": "sock", "hop": "api-1", "rows": rows}
    assert "looks.log:4" in run("inspect", "sock", "api-1").output


def test_what_cannot_be_inspected_is_a_usage_error(fake: Any, run: Any) -> None:
    assert run("inspect", "disk", "api-1").exit_code == 2


def test_a_debrief_before_the_end_is_refused_with_the_rounds_words(fake: Any, run: Any) -> None:
    fake.current.answers["debrief"] = LabError("The round is still open.", "`lab answer` comes first.")
    error = run("debrief").exception
    assert isinstance(error, LabError)
    assert error.what == "The round is still open."
