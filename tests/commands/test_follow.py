from __future__ import annotations

from typing import Any

import pytest

from lab.commands import follow


def test_it_shows_the_last_lines_and_then_the_new_ones(
    fake: Any, run: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = fake.current.folder / "logs" / "system" / "process.log"
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt
        with log.open("a", encoding="utf-8") as out:
            out.write("2026-11-21T12:00:02.000Z api-1[4712]: started\n")

    monkeypatch.setattr(follow.time, "sleep", pause)
    result = run("logs", "system", "-f", "-n", "1")
    assert [row.split("  ")[0] for row in result.output.splitlines() if "process.log" in row] == [
        "system/process.log:3",
        "system/process.log:4",
    ]
