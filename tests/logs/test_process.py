from __future__ import annotations

from typing import Any

import pytest

from lab.logs.process import parse

T = "2026-11-21T12:00:00.125Z"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("api-1[4711]: started", {"unit": "api-1", "pid": 4711, "event": "started"}),
        ("api-1[4711]: exited on signal 9 (SIGKILL)", {"event": "exited", "signal": 9, "code": None}),
        ("api-1[4711]: exited with code 1", {"event": "exited", "signal": None, "code": 1}),
        ("api-1[4711]: stopping (asked)", {"event": "stopping"}),
        ("api-1[4711]: stopped", {"event": "stopped"}),
        ("api-1: restarting in 0.3 s (restart 2)", {"pid": None, "event": "restarting", "delay": 0.3, "restart": 2}),
        ("api-1: gave up after 20 restarts", {"event": "gave-up", "restart": 20}),
        ("payments[9]: paused", {"unit": "payments", "event": "paused"}),
        ("payments[9]: resumed", {"event": "resumed"}),
        ("gateway[7]: reloaded", {"unit": "gateway", "event": "reloaded"}),
    ],
)
def test_forms(said: str, wanted: dict[str, Any]) -> None:
    read = parse(f"{T} {said}")
    assert read["at"] == 1795262400.125
    assert {key: read[key] for key in wanted} == wanted


def test_other_words_are_unreadable() -> None:
    assert parse(f"{T} api-1[4711]: exploded") == {}
    assert parse("yesterday api-1[4711]: started") == {}
