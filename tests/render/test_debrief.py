from __future__ import annotations

from typing import Any

import pytest

from lab.render.console import console
from lab.render.debrief import debrief

TOLD: dict[str, Any] = {
    "scenario": {"id": "crash-mid-request", "title": "The api is killed", "codename": "silver-anchor", "level": 2},
    "key": {"status": {"accepted": {"502": "nginx's own"}}},
    "timeline": [
        {"at": "2026-11-21T12:00:00.000Z", "what": "the fault was injected"},
        {"at": "2026-11-21T12:00:01.500Z", "what": "a request"},
    ],
    "ladder": [{"at": 0.0, "from": "client", "to": "gateway", "what": "GET /", "note": None}],
    "happened": {"gateway": "wrote its own page " * 10},
    "first_checks": ["Read the process log."],
    "prevent": ["Leave room."],
    "sources": ["RFC 9110"],
    "played": {"tries": 2, "hints": 1, "looks": 3, "score": 81.5, "passed": True},
}


def test_it_tells_everything_within_80_columns(printed: Any) -> None:
    out = printed(debrief(TOLD, console()))
    for words in (
        "The api is killed (crash-mid-request, level 2)",
        "You: passed with 81.5 of 100; tries 2, hints 1, looks 3.",
        "the fault was injected",
        "  12:00:01.500  a request",
        "GET /",
        "502: nginx's own",
        "- Read the process log.",
        "- Leave room.",
        "- RFC 9110",
    ):
        assert words in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("lacking", ["ladder", "sources", "played", "timeline"])
def test_what_there_is_nothing_of_has_no_heading(printed: Any, lacking: str) -> None:
    whole, less = printed(debrief(TOLD, console())), printed(debrief({**TOLD, lacking: []}, console()))
    assert len(less.splitlines()) < len(whole.splitlines())
