"""Questions, tries, hints and grades of one round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lab.catalog.scenario import Scenario
from lab.catalog.signature import Signatures
from lab.catalog.vocabulary import SET_OF_PART, Vocabulary
from lab.errors import LabError
from lab.grading.answer import parse_answer
from lab.grading.grade import Grade, grade
from lab.grading.key import Key, build_key
from lab.logs.line import Line, Look
from lab.logs.record import Record

TRIES = 3
HINT_PRICE = {1: 0, 2: 3, 3: 5, 4: 5, 5: 5}
"""Level → points that a hint costs."""

_ASK = {
    "status": "Which status did the client get for the named request (`none` if it got no status)?",
    "layer": "In which layer is the fault?",
    "written_by": "Which hop wrote what the client saw?",
    "fault_at": "At which hop is the fault?",
    "mechanism": "Which mechanism is it?",
    "evidence": "Up to three pieces of evidence: gateway/error.log:17, looks.log:4, absent:api-1/app.log@REQUEST_ID",
    "next_step": "What do you do first?",
    "pattern": "What do the failing requests have in common?",
    "retry": "May a client retry?",
}


class Exam:
    """The part of a round that knows the key. It lives in the supervisor's memory only."""

    def __init__(self, scenario: Scenario, signatures: Signatures, vocabulary: Vocabulary) -> None:
        self.scenario = scenario
        self.vocabulary = vocabulary
        self.signatures = signatures
        self.tries = 0
        self.hints = 0
        self.hint_cost = 0
        self.best: Grade | None = None
        self._cited: set[str] = set()

    @property
    def tries_left(self) -> int:
        return TRIES - self.tries

    def questions(self) -> list[dict[str, Any]]:
        """What is asked: `{part, ask, choices?, of?}`; choices are ids of the vocabulary, `of` is what to measure."""
        parts = ["status", "layer", "written_by", "fault_at", "mechanism", "evidence", "next_step"]
        parts += [part for part in ("pattern", "retry") if getattr(self.scenario.key, part)]
        asked: list[dict[str, Any]] = []
        for part in parts:
            question: dict[str, Any] = {"part": part, "ask": _ASK[part]}
            if part in SET_OF_PART:
                question["choices"] = [term.id for term in self.vocabulary.terms(SET_OF_PART[part])]
            asked.append(question)
        asked += [
            {"part": name, "ask": measured.ask, "of": measured.of} for name, measured in self.scenario.asks.items()
        ]
        return asked

    def key(self, record: Record) -> Key:
        """The key, with what has to be measured in the round itself."""
        return build_key(self.scenario, self.signatures, self.vocabulary, record)

    def answer(self, parts: Mapping[str, str], evidence: Sequence[str], record: Record) -> Grade:
        """Grade one try.

        Raises:
            LabError: for values, parts or references that do not exist (no try is used up), and when none is left.
        """
        if not self.tries_left:
            raise LabError("All three tries are used.", "`lab give-up` ends the round and shows the key.")
        answer = parse_answer(parts, evidence, self.vocabulary, [question["part"] for question in self.questions()])
        result = grade(self.key(record), answer, record, number=self.tries + 1, hint_cost=self.hint_cost)
        self.tries += 1
        self._cited.update(evidence)
        if self.best is None or (result.passed, result.score) > (self.best.passed, self.best.score):
            self.best = result
        return result

    def hint(self, record: Record) -> dict[str, Any]:
        """The next rung: `{rung, text, price}`. It is free when the trainee has seen what it says.

        Raises:
            LabError: when there is no further one.
        """
        rungs = self.scenario.hints.rungs()
        if self.hints >= len(rungs):
            raise LabError("There is no further hint.", "`lab answer` is next, or `lab give-up`.")
        name, hint = rungs[self.hints]
        self.hints += 1
        new = not hint.known_after or not all(self._knows(fact, record) for fact in hint.known_after)
        price = HINT_PRICE[self.scenario.level] if new else 0
        self.hint_cost += price
        return {"rung": name, "text": hint.says, "price": price}

    def _knows(self, fact_id: str, record: Record) -> bool:
        """Whether a look, or a line that was cited, has shown the fact to the trainee."""
        fact = self.signatures.facts[fact_id]
        seen: list[Line | Look] = [*record.looks, *(line for line in record.lines if line.ref in self._cited)]
        return any(fact.shown_by(piece, record.draws) for piece in seen)
