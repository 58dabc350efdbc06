"""The answer key of one round: what is accepted for each part, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab.catalog.fact import Fact
from lab.catalog.scenario import Scenario
from lab.catalog.signature import Signature, Signatures
from lab.catalog.vocabulary import Vocabulary
from lab.errors import LabError
from lab.grading.measure import Target, measure
from lab.grading.recognise import Index
from lab.logs.record import Record

WEIGHTS: Mapping[str, float] = {
    "status": 5,
    "layer": 10,
    "written_by": 10,
    "fault_at": 5,
    "mechanism": 30,
    "evidence": 30,
    "next_step": 10,
}
"""Points of the parts that every round asks; their order is the order of asking."""
OWN_SHARE = 20.0
"""Points that a scenario's own parts share; they are taken from all others in proportion."""
OWN_SETS = ("pattern", "retry")
"""Own parts that are answered from the vocabulary; the others are measured."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The accepted values of a part, each with the reason why it is good."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Key:
    """The key of one round.

    Attributes:
        mechanism: the right one.
        level: 1 to 5.
        parts: part → what is accepted, evidence excepted.
        weights: part → points, evidence included; 100 together.
        signature: the mechanism's.
        signatures: all of them, for what speaks against a wrong one.
        separating: look-alike → the facts, any of which separates the key from it.
        names_to_hide: what no reason may contain before the round is over.
    """

    mechanism: str
    level: int
    parts: Mapping[str, Accepted | Target]
    weights: Mapping[str, float]
    signature: Signature
    signatures: Signatures
    separating: Mapping[str, tuple[Fact, ...]]
    names_to_hide: frozenset[str]

    @property
    def neighbours(self) -> tuple[str, ...]:
        """The mechanisms that evidence has to exclude."""
        return tuple(self.separating)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that a piece of evidence may show."""
        ids = [*self.signature.shows, *(fact.id for facts in self.separating.values() for fact in facts)]
        return tuple(self.signatures.facts[id_] for id_ in dict.fromkeys(ids))

    def as_dict(self, record: Record | None = None) -> dict[str, Any]:
        """`{part: {accepted: {value: why}}, evidence: [{fact, says, separates_from, example}]}`.

        `example` is the first piece of `record` that shows the fact, None where there is none.
        """
        index = Index(record) if record else None
        shown: dict[str, Any] = {
            part: {"accepted": dict(right.values) if isinstance(right, Accepted) else {str(right): "measured here"}}
            for part, right in self.parts.items()
        }
        shown["evidence"] = [
            {
                "fact": fact.id,
                "says": fact.says,
                "separates_from": [name for name, facts in self.separating.items() if fact in facts],
                "example": index.first(fact) if index else None,
            }
            for fact in self.facts
        ]
        return shown


def build_key(scenario: Scenario, signatures: Signatures, vocabulary: Vocabulary, record: Record) -> Key:
    """The key of a round of `scenario` that recorded `record`.

    Raises:
        LabError: when the catalogue lacks the scenario's mechanism or signature.
    """
    signature = signatures.by_mechanism.get(scenario.mechanism)
    if signature is None:
        raise LabError(
            f"The mechanism {scenario.mechanism!r} of {scenario.id!r} has no signature.",
            "Add one under nginx/signatures.",
            code=3,
        )
    term = vocabulary.term("mechanisms", scenario.mechanism)
    status = scenario.key.status or signature.status
    parts: dict[str, Accepted | Target] = {
        "status": Accepted({str(one): "it is what the client got" for one in status}),
        "layer": Accepted(scenario.key.layer or signature.layer),
        "written_by": Accepted(scenario.key.written_by or signature.written_by),
        "fault_at": Accepted(scenario.key.fault_at or signature.fault_at),
        "mechanism": Accepted({scenario.mechanism: term.says}),
        "next_step": Accepted(scenario.key.next_step or signature.next_step),
    }
    own: dict[str, Accepted | Target] = {}
    for part in OWN_SETS:
        if values := getattr(scenario.key, part):
            own[part] = Accepted(values)
    own |= {part: measure(asked, record) for part, asked in scenario.asks.items()}
    return Key(
        mechanism=scenario.mechanism,
        level=scenario.level,
        parts=parts | own,
        weights=weights(tuple(own)),
        signature=signature,
        signatures=signatures,
        separating=_separating(scenario, signature, signatures),
        names_to_hide=frozenset({term.id, term.title, *term.aliases, scenario.id, scenario.title}),
    )


def weights(own: tuple[str, ...]) -> dict[str, float]:
    """Points of every part of a round that has these own parts; 100 together."""
    if not own:
        return dict(WEIGHTS)
    rest = (100 - OWN_SHARE) / 100
    return {part: points * rest for part, points in WEIGHTS.items()} | {part: OWN_SHARE / len(own) for part in own}


def _separating(scenario: Scenario, signature: Signature, signatures: Signatures) -> dict[str, tuple[Fact, ...]]:
    """Look-alike → separating facts; for one that the signature does not know, what that one does not show."""
    found: dict[str, tuple[Fact, ...]] = {}
    for name in scenario.neighbours or tuple(signature.lookalikes):
        ids = signature.lookalikes.get(name)
        if ids is None:
            other = signatures.by_mechanism.get(name)
            ids = tuple(id_ for id_ in signature.shows if not other or id_ not in other.shows)
        if ids:
            found[name] = tuple(signatures.facts[id_] for id_ in ids)
    return found
