"""The grader: answer key, answer and what the round recorded, into a grade. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from lab.grading.answer import Answer
from lab.grading.evidence import Weighed, weigh
from lab.grading.guard import scrub
from lab.grading.key import Accepted, Key
from lab.grading.measure import Target, read
from lab.grading.reasons import Reason, against
from lab.grading.scene import Scene
from lab.logs.record import Record

Verdict = Literal["right", "partly", "wrong", "missing", "withheld"]

TRIES = 3
TRY_COST = 10.0
"""Points that the second and the third try cost each."""
ENOUGH = 60.0
"""Points, before deductions, that a pass needs."""
ALWAYS_SHOWN = ("status", "evidence")
WITHHELD = "Said when the evidence excludes what looks the same."


@dataclass(frozen=True, slots=True)
class PartGrade:
    """The grade of one part: points out of `of`, a reason, and the reference of the line it points at."""

    part: str
    given: str | None
    verdict: Verdict
    points: float
    of: float
    reason: str
    line: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """`{part, given, verdict, points, of, reason, line?}`."""
        shown: dict[str, Any] = {
            "part": self.part,
            "given": self.given,
            "verdict": self.verdict,
            "points": self.points,
            "of": self.of,
            "reason": self.reason,
        }
        return shown | ({"line": self.line} if self.line else {})


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade of one try. `score` is 0 to 100, after `deducted`, the points that earlier tries and hints cost."""

    passed: bool
    score: float
    parts: tuple[PartGrade, ...]
    deducted: float = 0.0

    def part(self, name: str) -> PartGrade:
        """The grade of the part called `name`. Raises KeyError when it was not asked."""
        found = next((part for part in self.parts if part.part == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def as_dict(self, *, round: str, number: int, tries: int = TRIES) -> dict[str, Any]:
        """What `lab answer --json` prints, for the try `number` of `tries`."""
        return {
            "round": round,
            "passed": self.passed,
            "score": self.score,
            "deducted": self.deducted,
            "try": number,
            "tries_left": 0 if self.passed else max(0, tries - number),
            "parts": [part.as_dict() for part in self.parts],
        }


def grade(key: Key, answer: Answer, record: Record, *, number: int = 1, hint_cost: float = 0) -> Grade:
    """The grade of `answer`.

    Args:
        key: what is right in this round.
        answer: what was said.
        record: what the round recorded.
        number: which try it is, from 1; the second and third cost points.
        hint_cost: points that hints have cost.

    Raises:
        LabError: usage, when the evidence cites something that is not there. Such an answer uses up no try.
    """
    weighed = weigh(answer.evidence, key, record)
    scene = Scene(record)
    parts = tuple(_part(part, key, answer, scene, weighed) for part in key.weights)
    passed = _passes(key, parts, weighed)
    if not passed:
        parts = tuple(_guarded(part, key) for part in parts)
        if not weighed.discriminates:
            parts = tuple(_withheld(part) for part in parts)
    deducted = TRY_COST * (number - 1) + hint_cost
    score = sum(part.points for part in parts) - deducted
    return Grade(passed, round(min(100.0, max(0.0, score)), 1), parts, deducted)


def _passes(key: Key, parts: tuple[PartGrade, ...], weighed: Weighed) -> bool:
    named = any(part.part == "mechanism" and part.verdict == "right" for part in parts)
    proven = key.level == 1 or weighed.share >= 0.5
    return named and proven and round(sum(part.points for part in parts), 6) >= ENOUGH


def _part(part: str, key: Key, answer: Answer, scene: Scene, weighed: Weighed) -> PartGrade:
    of = round(key.weights[part], 2)
    if part == "evidence":
        return _evidence(of, answer, weighed)
    given = answer.parts.get(part)
    if given is None:
        return PartGrade(part, None, "missing", 0.0, of, "It was not answered.")
    right = key.parts[part]
    if isinstance(right, Target):
        verdict, reason = _measured(right, given, scene)
    elif given in right.values:
        verdict, reason = True, _in_favour(part, given, right, scene, weighed)
    else:
        verdict, reason = False, against(part, given, key, scene, weighed)
    return PartGrade(part, given, "right" if verdict else "wrong", of if verdict else 0.0, of, *reason)


def _in_favour(part: str, given: str, right: Accepted, scene: Scene, weighed: Weighed) -> Reason:
    line = scene.line.ref if scene.line else None
    if part == "status" and scene.client:
        line = scene.client.ref
    if part in ("mechanism", "next_step") and weighed.separating:
        line = weighed.separating.ref
    return Reason(_sentence(right.values[given]), line)


def _measured(right: Target, given: str, scene: Scene) -> tuple[bool, Reason]:
    if right.hit_by(given):
        return True, Reason("It is what this round's lines say, within the tolerance.")
    if right.value is None:
        return False, Reason("There was nothing to measure in this round.")
    said = read(right.of, given, near=right.value)
    early = said < right.value
    if right.of == "onset":
        nearest = min(
            (line for line in scene.record.lines if line.kind == "gateway-lab" and line.fields),
            key=lambda line: abs(line.fields["at"] - said),
            default=None,
        )
        says = "At that time the lines are as before." if early else "It shows before that time."
        return False, Reason(says, nearest.ref if nearest else None)
    return False, Reason(f"The lines of the window give a {'larger' if early else 'smaller'} value.")


def _evidence(of: float, answer: Answer, weighed: Weighed) -> PartGrade:
    if not answer.evidence:
        return PartGrade("evidence", None, "missing", 0.0, of, weighed.reason)
    verdict: Verdict = "right" if weighed.share == 1 else "partly" if weighed.share else "wrong"
    given = ", ".join(str(ref) for ref in answer.evidence)
    line = weighed.separating.ref if weighed.separating else weighed.pieces[0].ref
    return PartGrade("evidence", given, verdict, round(of * weighed.share, 2), of, weighed.reason, line)


_INSTEAD = {
    "right": "Right.",
    "partly": "The pieces would also fit another cause; look for what the two do not share.",
    "wrong": "What is recorded here does not fit that.",
}


def _guarded(part: PartGrade, key: Key) -> PartGrade:
    return replace(part, reason=scrub(part.reason, key.names_to_hide, instead=_INSTEAD.get(part.verdict, "")))


def _withheld(part: PartGrade) -> PartGrade:
    if part.part in ALWAYS_SHOWN or part.verdict == "missing":
        return part
    return replace(part, verdict="withheld", points=0.0, reason=WITHHELD, line=None)


def _sentence(text: str) -> str:
    field = "=" in text.partition(" ")[0]  # us=503 is a field's name, and stays as it is
    return (text if field else text[:1].upper() + text[1:]).rstrip(".") + "."
