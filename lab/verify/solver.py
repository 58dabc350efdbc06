"""A solver that knows no more than a trainee: the desk and the public signatures. It must reach the key.

Where it can't, a round is a coin toss, and the scenario is wrong. It is not told when the incident began, nor what
the round drew.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from lab.catalog.fact import Fact, Sign
from lab.catalog.scenario import Measured
from lab.catalog.signature import Signature, Signatures
from lab.grading.answer import MOST_PIECES, Answer
from lab.grading.recognise import Index
from lab.grading.scene import Scene
from lab.logs.line import Line, Look
from lab.logs.record import Record
from lab.logs.ref import AbsenceRef, Ref, parse_ref
from lab.verify.onset import estimate, measured
from lab.verify.wild import Binding, agree, bindings

UNUSUAL = 2.0
"""Factor by which a number has to differ from what was usual, where a fact compares it with one that is not known."""
MOST_BINDINGS = 64
"""Bindings of one fact that are followed; those nearest to the named request come first."""


@dataclass(frozen=True)
class Seen:
    """What shows a fact: the values that draws have then, and the piece."""

    binding: Binding
    ref: str


class Witness:
    """Looks facts up in a record, for one who does not know the draws."""

    def __init__(self, record: Record) -> None:
        self.index = Index(record)
        about = self.index.about(record.request_id)
        self._named = {line.ref for line in about}
        self._moment = next((at for line in about if (at := time_of(line)) is not None), 0.0)
        self._seen: dict[str, tuple[Seen, ...]] = {}

    def seen(self, fact: Fact) -> tuple[Seen, ...]:
        """The ways in which the record shows `fact`, one for each binding; the nearest to the named request first."""
        if fact.id not in self._seen:
            self._seen[fact.id] = tuple(self._look(fact))
        return self._seen[fact.id]

    def is_named(self, ref: str) -> bool:
        """Whether a piece is about the named request, or is the lack of a line about it."""
        return ref in self._named or ref.endswith(f"@{self.index.record.request_id}")

    def _look(self, fact: Fact) -> Iterable[Seen]:
        found: dict[Binding, str] = {}
        kinds = dict.fromkeys(sign.kind for sign in fact.signs)
        pieces = [piece for kind in kinds for piece in self.index.pieces(kind, may_precede=fact.may_precede)]
        for piece in sorted(pieces, key=self._distance):
            for binding in bindings(fact, piece, self._unusual, self.index.record.draws):
                found.setdefault(binding, piece.ref)
            if len(found) >= MOST_BINDINGS or () in found:
                break
        for log in self.index.absent_logs(fact)[:1]:
            found.setdefault((), str(AbsenceRef(log, self.index.record.request_id)))
        return (Seen(binding, ref) for binding, ref in found.items())

    def _distance(self, piece: Line | Look) -> tuple[bool, bool, float]:
        """Pieces after the named request are surely of the incident, whose beginning is only estimated."""
        at = time_of(piece)
        before = at is not None and at < self._moment
        return piece.ref not in self._named, before, math.inf if at is None else abs(at - self._moment)

    def _unusual(self, sign: Sign, field: str, number: float, above: bool) -> bool:
        """Whether a number is twice the largest, or half the smallest, that like lines had before the incident."""
        record = self.index.record
        usual = [
            float(value)
            for line in record.lines
            if line.kind == sign.kind and not record.in_incident(line) and sign.holds(line.fields, {})
            if isinstance(value := line.fields.get(field), int | float)
        ]
        if not usual:
            return True
        return number >= UNUSUAL * max(usual) if above else number <= min(usual) / UNUSUAL


@dataclass(frozen=True)
class Fit:
    """How well a signature explains a record: every fact it shows has a piece, under one binding of the draws."""

    signature: Signature
    binding: Binding
    refs: Mapping[str, str]
    complete: bool


def desk(record: Record) -> Record:
    """The record as a trainee has it: no count of lines, no time of injection, no draws; the incident is estimated."""
    named = {"request_id": record.request_id}
    bare = Record(lines=record.lines, looks=record.looks, request_id=record.request_id, draws=named)
    return estimate(bare)


def solve(record: Record, signatures: Signatures, asks: Mapping[str, Measured] | None = None) -> Answer:
    """The answer that the desk and the signatures lead to.

    Args:
        record: the finished round; only what `desk` leaves of it is looked at.
        signatures: the public ones.
        asks: the measured parts of the round's questions.
    """
    seen = desk(record)
    witness = Witness(seen)
    fits = [fit(signature, signatures, witness) for signature in signatures.by_mechanism.values()]
    best = _best([one for one in fits if one is not None], signatures, witness)
    if best is None:
        return Answer({"status": Scene(seen).status})
    parts = {"status": Scene(seen).status, "mechanism": best.signature.mechanism}
    for part in ("layer", "written_by", "fault_at", "next_step"):
        parts[part] = next(iter(getattr(best.signature, part)))
    for part, asked in (asks or {}).items():
        if text := measured(asked.of, seen):
            parts[part] = text
    return Answer(parts, prove(best, signatures, witness))


def fit(signature: Signature, signatures: Signatures, witness: Witness) -> Fit | None:
    """The signature's facts in the record under one binding; None when it lacks what is there or nothing is shown."""
    facts = [signatures.facts[id_] for id_ in signature.shows]
    found = _join([fact for fact in facts if witness.seen(fact)], (), witness)
    if found is None or not found[1]:
        return None
    binding, refs = found
    bound = {name for name, _ in binding}
    for id_ in signature.lacks:
        for seen in witness.seen(signatures.facts[id_]):
            known = all(name in bound for name, _ in seen.binding)
            if known and agree(binding, seen.binding) is not None:
                return None
    return Fit(signature, binding, refs, complete=len(refs) == len(facts))


def prove(best: Fit, signatures: Signatures, witness: Witness) -> tuple[Ref, ...]:
    """At most three pieces that exclude as many look-alikes as can be, as few as do it."""
    separates: dict[str, set[str]] = {}
    for neighbour, ids in best.signature.lookalikes.items():
        for id_ in ids:
            if ref := _ref(signatures.facts[id_], best.binding, witness):
                separates.setdefault(ref, set()).add(neighbour)
    if not separates:
        return tuple(parse_ref(ref) for ref in list(dict.fromkeys(best.refs.values()))[:1])
    choices = [chosen for size in range(1, MOST_PIECES + 1) for chosen in combinations(separates, size)]
    chosen = max(choices, key=lambda refs: (len(set().union(*(separates[ref] for ref in refs))), -len(refs)))
    return tuple(parse_ref(ref) for ref in chosen)


def _join(facts: list[Fact], binding: Binding, witness: Witness) -> tuple[Binding, dict[str, str]] | None:
    """One binding under which all facts are shown, with the piece of each; depth first."""
    if not facts:
        return binding, {}
    for seen in witness.seen(facts[0]):
        together = agree(binding, seen.binding)
        if together is not None and (rest := _join(facts[1:], together, witness)):
            return rest[0], {facts[0].id: seen.ref} | rest[1]
    return None


def _ref(fact: Fact, binding: Binding, witness: Witness) -> str | None:
    return next((seen.ref for seen in witness.seen(fact) if agree(binding, seen.binding) is not None), None)


def _best(fits: list[Fit], signatures: Signatures, witness: Witness) -> Fit | None:
    """The most specific fit: complete, separated from the other fits, for the status seen, most about the request."""
    complete = [one for one in fits if one.complete] or fits
    status = Scene(witness.index.record).status

    def rank(one: Fit) -> tuple[int, bool, int, int]:
        names = one.signature.lookalikes
        excluded = 0
        for other in complete:
            for id_ in names.get(other.signature.mechanism, ()):
                if _ref(signatures.facts[id_], one.binding, witness):
                    excluded += 1
                    break
        named = sum(witness.is_named(ref) for ref in one.refs.values())
        return excluded, status in map(str, one.signature.status), named, len(one.refs)

    return max(complete, key=rank, default=None)


def time_of(piece: Line | Look) -> float | None:
    """Seconds since the epoch; None for a line without a time."""
    at = piece.at if isinstance(piece, Look) else piece.fields.get("at")
    return float(at) if isinstance(at, int | float) else None
