"""Guessers: ways of answering without understanding. What they reach says how much a pass is worth.

Each is a pure function over what is public and what one finished round left. None is a straw man: each cites
evidence as well as it can, and those that lean on frequencies know the catalogue's.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from lab.catalog.scenario import Scenario
from lab.catalog.signature import Signature, Signatures
from lab.catalog.vocabulary import Vocabulary
from lab.grading.answer import MOST_PIECES, Answer
from lab.grading.grade import TRIES, Grade
from lab.grading.scene import Scene
from lab.logs.line import Line
from lab.logs.record import Record
from lab.logs.ref import LineRef, Ref
from lab.verify.wild import shows_somehow


@dataclass(frozen=True)
class Catalogue:
    """What anybody may know: the vocabulary, the signatures, and the keys of the scenarios by frequency."""

    vocabulary: Vocabulary
    signatures: Signatures
    keys: tuple[Mapping[str, str], ...]
    """The whole key of each scenario, first accepted values; the key that is most frequent comes first."""

    @classmethod
    def of(cls, scenarios: Iterable[Scenario], signatures: Signatures, vocabulary: Vocabulary) -> Catalogue:
        """The public facts of a catalogue."""
        keys = [key for one in scenarios if (key := _first_key(one, signatures))]
        often = Counter(key["mechanism"] for key in keys)
        return cls(vocabulary, signatures, tuple(sorted(keys, key=lambda key: -often[key["mechanism"]])))

    def commonest(self, status: str | None = None) -> Mapping[str, str]:
        """The most frequent key, among those with `status` if there are any."""
        alike = [key for key in self.keys if key["status"] == status] or list(self.keys)
        often = Counter(key["mechanism"] for key in alike)
        return max(alike, key=lambda key: often[key["mechanism"]], default={})


@dataclass(frozen=True)
class Finished:
    """A round that is over, as a guesser meets it.

    Attributes:
        id: the scenario's id, for the report.
        record: what the round recorded.
        choices: part that was asked → ids to choose from; none where the answer is free.
        judge: grades an answer as the round would have.
        hints: the texts of its hints.
        seed: decides what a guesser draws.
    """

    id: str
    record: Record
    choices: Mapping[str, tuple[str, ...]]
    judge: Callable[[Answer], Grade]
    hints: tuple[str, ...] = ()
    seed: int = 0


Guesser = Callable[[Catalogue, Finished], Grade]


def constant(catalogue: Catalogue, round: Finished) -> Grade:
    """Always the catalogue's most frequent key."""
    return round.judge(_answer(catalogue.commonest(), round, last_line(round.record)))


def at_random(catalogue: Catalogue, round: Finished) -> Grade:
    """Any of the choices for each part."""
    draw = random.Random(f"{round.id}:{round.seed}")
    parts = {part: draw.choice(ids) for part, ids in round.choices.items() if ids}
    parts["status"] = draw.choice(sorted({key["status"] for key in catalogue.keys}) or ["502"])
    return round.judge(Answer(parts, last_line(round.record)))


def status_only(catalogue: Catalogue, round: Finished) -> Grade:
    """The catalogue's most frequent key for what the client got."""
    return round.judge(_by_status(catalogue, round, last_line(round.record)))


def spray(catalogue: Catalogue, round: Finished) -> Grade:
    """As status-only, but with as many different error lines as it may cite, the last of each text."""
    last: dict[str, Line] = {_text(line): line for line in _errors(round.record)}
    refs = tuple(LineRef(line.log, line.n) for line in list(last.values())[-MOST_PIECES:])
    return round.judge(_by_status(catalogue, round, refs or last_line(round.record)))


def text_to_mechanism(catalogue: Catalogue, round: Finished) -> Grade:
    """The mechanism whose signature has the commonest error text, with the last line of that text."""
    errors = _errors(round.record)
    if not errors:
        return status_only(catalogue, round)
    text = Counter(map(_text, errors)).most_common(1)[0][0]
    line = next(line for line in reversed(errors) if _text(line) == text)
    often = Counter(key["mechanism"] for key in catalogue.keys)
    known = [
        signature
        for signature in catalogue.signatures.by_mechanism.values()
        if any(shows_somehow(fact, line) for fact in catalogue.signatures.shows(signature.mechanism))
    ]
    if not known:
        return status_only(catalogue, round)
    best = max(known, key=lambda signature: often[signature.mechanism])
    parts = _first_answers(best) | {"status": Scene(round.record).status}
    return round.judge(_answer(parts, round, (LineRef(line.log, line.n),)))


def hill_climber(catalogue: Catalogue, round: Finished) -> Grade:
    """Three tries that learn from verdicts, from what hints and reasons name, and from the status."""
    status = Scene(round.record).status
    alike = [key for key in catalogue.keys if key["status"] == status] or list(catalogue.keys)
    told = " ".join(round.hints)
    candidates = sorted(alike, key=lambda key: -_resembles(key["mechanism"], told, catalogue))
    parts = dict(candidates[0]) if candidates else {}
    evidence = _hinted_lines(round.record, told)
    grades: list[Grade] = []
    wrong: dict[str, set[str]] = {}
    for _ in range(TRIES):
        grades.append(round.judge(_answer(parts | {"status": status}, round, evidence)))
        if grades[-1].passed:
            break
        told += " ".join(part.reason for part in grades[-1].parts)
        if grades[-1].part("evidence").verdict != "right":
            evidence = _hinted_lines(round.record, told)
        for part in grades[-1].parts:
            if part.verdict in ("wrong", "withheld") and part.part in parts:
                wrong.setdefault(part.part, set()).add(parts[part.part])
        parts = _next_guess(parts, wrong, candidates, round)
    return max(grades, key=lambda grade: (grade.passed, grade.score))


GUESSERS: Mapping[str, Guesser] = {
    "constant": constant,
    "random": at_random,
    "status-only": status_only,
    "spray": spray,
    "text-to-mechanism": text_to_mechanism,
    "hill-climber": hill_climber,
}


def play(
    guessers: Mapping[str, Guesser], rounds: Iterable[Finished], catalogue: Catalogue
) -> dict[str, dict[str, Any]]:
    """Guesser → `{mean, passed}`: its mean score over the rounds, and the ids of those it passed."""
    rounds = tuple(rounds)
    played = {}
    for name, guess in guessers.items():
        grades = {one.id: guess(catalogue, one) for one in rounds}
        mean = fmean(grade.score for grade in grades.values()) if grades else 0.0
        played[name] = {"mean": round(mean, 1), "passed": [id_ for id_, grade in grades.items() if grade.passed]}
    return played


def last_line(record: Record) -> tuple[Ref, ...]:
    """The last line of gateway/error.log in the incident, else of access.log; nothing when both are silent."""
    for log in ("gateway/error.log", "gateway/access.log"):
        if lines := [line for line in record.incident() if line.log == log]:
            return (LineRef(log, max(line.n for line in lines)),)
    return ()


def _first_key(scenario: Scenario, signatures: Signatures) -> dict[str, str]:
    signature = signatures.by_mechanism.get(scenario.mechanism)
    if signature is None:
        return {}
    key = _first_answers(signature)
    key["status"] = str((scenario.key.status or signature.status)[0])
    for part in ("layer", "written_by", "fault_at", "next_step", "pattern", "retry"):
        if values := getattr(scenario.key, part):
            key[part] = next(iter(values))
    return key


def _first_answers(signature: Signature) -> dict[str, str]:
    parts = {
        part: next(iter(getattr(signature, part)), "") for part in ("layer", "written_by", "fault_at", "next_step")
    }
    return parts | {"mechanism": signature.mechanism}


def _by_status(catalogue: Catalogue, round: Finished, evidence: tuple[Ref, ...]) -> Answer:
    status = Scene(round.record).status
    return _answer({**catalogue.commonest(status), "status": status}, round, evidence)


def _answer(parts: Mapping[str, str], round: Finished, evidence: tuple[Ref, ...]) -> Answer:
    return Answer({part: said for part, said in parts.items() if part in round.choices and said}, evidence)


def _errors(record: Record) -> list[Line]:
    return [line for line in record.incident() if line.kind == "gateway-error" and line.fields.get("level") != "info"]


def _text(line: Line) -> str:
    return re.sub(r"\d+", "#", str(line.fields.get("message", line.text)))


def _resembles(mechanism: str, told: str, catalogue: Catalogue) -> int:
    """How many words of a mechanism's names and sentence were told."""
    term = catalogue.vocabulary.term("mechanisms", mechanism)
    words = set(re.findall(r"[a-z]{4,}", " ".join((term.title, term.says, *term.aliases)).lower()))
    return len(words & set(re.findall(r"[a-z]{4,}", told.lower())))


def _hinted_lines(record: Record, told: str) -> tuple[Ref, ...]:
    """The last line of the incident in each log that was named, the gateway's error log first."""
    named = [log for log in record.logs() if log in told or log.partition("/")[2] in told]
    refs: list[Ref] = list(last_line(record))
    for log in named:
        lines = [line.n for line in record.incident() if line.log == log]
        if lines and all(str(ref) != f"{log}:{max(lines)}" for ref in refs):
            refs.append(LineRef(log, max(lines)))
    return tuple(refs[:MOST_PIECES])


def _next_guess(
    parts: Mapping[str, str], wrong: Mapping[str, set[str]], candidates: list[Mapping[str, str]], round: Finished
) -> dict[str, str]:
    """The next candidate whose mechanism is not known to be wrong; other wrong parts take their next choice."""
    tried = wrong.get("mechanism", set())
    fresh = next((key for key in candidates if key["mechanism"] not in tried), None)
    guess = dict(fresh or parts)
    if fresh:
        return guess
    for part, ids in round.choices.items():
        bad = wrong.get(part, set())
        if ids and guess.get(part) in bad:
            guess[part] = next((one for one in ids if one not in bad), ids[0])
    return guess
