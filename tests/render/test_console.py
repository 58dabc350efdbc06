from __future__ import annotations

from io import StringIO
from typing import Any

import pytest

from lab.render.console import Hanging, bullets, console, seconds


def test_further_lines_are_indented_and_nothing_is_lost(printed: Any) -> None:
    words = " ".join(f"word{n}" for n in range(30))
    rows = printed(Hanging(words, indent=6), 40).splitlines()
    assert all(len(row) <= 40 for row in rows)
    assert rows[0].startswith("word0")
    assert all(row.startswith("      word") for row in rows[1:])
    assert " ".join(" ".join(rows).split()) == words


def test_a_word_that_is_too_long_is_folded_and_not_cut(printed: Any) -> None:
    rows = printed(Hanging("x" * 100, indent=4), 40).splitlines()
    assert "".join(row.strip() for row in rows) == "x" * 100


def test_into_a_pipe_without_a_width_it_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    console().print(Hanging("word " * 60, first=2), crop=False)
    said = capsys.readouterr().out
    assert (said.count("\n"), said.count("word")) == (1, 60)


def test_brackets_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    console().print("[error] 4711#0: *9 [red]")
    assert capsys.readouterr().out == "[error] 4711#0: *9 [red]\n"


def test_no_color_leaves_no_escape_for_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = StringIO()
    view = console()
    view.file = out
    view.print("wrong", style="lab.bad")
    assert "\x1b[" not in out.getvalue()


def test_bullets_keep_their_words(printed: Any) -> None:
    assert printed(bullets(["one\n  two"])[0]).strip() == "- one two"


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "-"), (0.0004, "0.4 ms"), (0.0, "0.0 ms"), (0.103, "103 ms"), (3.0021, "3.002 s")],
)
def test_seconds(value: float | None, said: str) -> None:
    assert seconds(value) == said
