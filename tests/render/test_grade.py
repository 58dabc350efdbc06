from __future__ import annotations

from typing import Any

from lab.render.grade import grade, key


def part(verdict: str, **more: Any) -> dict[str, Any]:
    return {
        "part": "written_by",
        "given": "gateway",
        "verdict": verdict,
        "points": 4,
        "of": 10,
        "reason": "why",
        **more,
    }


def result(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"round": "r", "passed": False, "score": 41.5, "try": 1, "tries_left": 2, "parts": list(parts), **more}


def test_the_verdict_comes_first_and_says_what_is_left(printed: Any) -> None:
    assert printed(grade(result())).startswith("Not passed: 41.5 of 100, try 1; 2 tries left.")
    assert "no tries left" in printed(grade(result(tries_left=0)))
    assert "1 try left" in printed(grade(result(tries_left=1)))
    assert printed(grade(result(passed=True, score=100.0))).startswith("Passed: 100 of 100")


def test_each_part_has_its_verdict_in_words_points_and_reason(printed: Any) -> None:
    rows = printed(grade(result(part("wrong", line="gateway/error.log:1")))).splitlines()
    assert rows[2].split() == ["written", "by", "wrong", "4", "of", "10", "gateway"]
    assert rows[3:] == ["    why", "    See gateway/error.log:1"]


def test_a_withheld_part_shows_no_points(printed: Any) -> None:
    assert "4 of 10" not in printed(grade(result(part("withheld"))))


def test_long_reasons_wrap_under_their_part(printed: Any) -> None:
    rows = printed(grade(result(part("partly", reason="because " * 30)))).splitlines()
    assert all(row.startswith("    because") for row in rows[3:])
    assert max(map(len, rows)) <= 80


def test_the_key_says_why_and_what_proves_it(printed: Any) -> None:
    out = printed(
        key(
            {
                "fault_at": {"accepted": {"api": "it ended", "network": ""}},
                "evidence": [{"says": "The process ended.", "example": "system/process.log:2"}, {"says": "Late."}],
            }
        )
    )
    assert "    api: it ended\n    network\n" in out
    assert "    The process ended. (system/process.log:2)\n    Late.\n" in out
