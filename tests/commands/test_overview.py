from __future__ import annotations

from typing import Any


def test_without_a_round_it_says_how_to_begin(fake: Any, run: Any) -> None:
    fake.rounds = []
    out = run().output
    assert "No round is open." in out
    assert "lab demo" in out


def test_a_closed_round_is_no_round_in_progress(fake: Any, run: Any) -> None:
    fake.rounds = [{**fake.rounds[0], "state": "closed"}]
    assert "No round is open." in run().output


def test_with_a_round_it_shows_it_and_what_can_be_done(fake: Any, run: Any) -> None:
    out = run().output
    assert "Round silver-anchor-ab12, open" in out
    assert "lab answer" in out
