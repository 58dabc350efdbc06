from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import Any

import pytest

GOOD: dict[str, Any] = {
    "engine": "process",
    "versions": {"nginx": "1.22.1"},
    "wall_s": 2.5,
    "scenarios": [{"id": "port-closed", "ok": True, "reason": "", "phases": {"launch": 0.31, "stop": None}}],
    "skipped": [{"id": "oom", "reason": "process lacks oom"}],
    "left_behind": [],
    "guessers": {"random": {"mean": 4.0, "passed": []}},
    "solver": {"mean": 95.0, "passed": ["port-closed"]},
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the prover was asked; it returns what was put into `GOOD`'s place as the second entry."""
    calls: list[Any] = [None, GOOD]

    def verify(ids: list[str], engine: str, progress: Any, *, link_server: str | None) -> dict[str, Any]:
        calls[0] = (ids, engine, link_server)
        progress("port-closed: proving")
        told: dict[str, Any] = calls[1]
        return told

    module = ModuleType("lab.verify.prove")
    module.verify = verify  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lab.verify.prove", module)
    return calls


def test_ids_and_engine_reach_the_prover(asked: list[Any], run: Any) -> None:
    result = run("verify", "port-closed", "--link-server", "real")
    assert result.exit_code == 0
    assert asked[0] == (["port-closed"], "process", "real")
    assert "1 of 1 proven in 2.5 s; left behind: nothing." in result.output
    assert "oom was skipped: process lacks oom" in result.output


def test_json_is_the_document_and_progress_goes_elsewhere(asked: list[Any], run: Any) -> None:
    result = run("verify", "--json")
    assert json.loads(result.stdout) == GOOD
    assert "proving" in result.stderr


def test_a_failure_shows_its_reason_and_exits_with_1(asked: list[Any], run: Any) -> None:
    bad = {"id": "port-closed", "ok": False, "reason": "Nobody saw a 502.", "phases": {"launch": 0.3}}
    asked[1] = {**GOOD, "scenarios": [bad]}
    result = run("verify")
    assert result.exit_code == 1
    assert "Nobody saw a 502." in result.output


def test_what_is_left_behind_fails(asked: list[Any], run: Any) -> None:
    asked[1] = {**GOOD, "left_behind": ["process 4711"]}
    assert run("verify").exit_code == 1
