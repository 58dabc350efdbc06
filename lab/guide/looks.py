"""In which order to look: how many looks an order takes until one mechanism is left, computed from the signatures.

A look shows, for every fact that can be seen there, whether it is there. Two mechanisms are told apart by a look when
it can show a fact that one of them has and the other has not:

- the facts by which a signature says that it separates the two (`lookalikes`),
- a fact that one shows and the other says it lacks,
- and, where neither names the other as a look-alike, any fact that one shows and the other does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from statistics import fmean

from lab.catalog.fact import Fact
from lab.catalog.signature import Signature, Signatures
from lab.guide.prose import LookPlace

_ABSENCES = {
    "gateway-lab": ("gateway/lab.log", "gateway/access.log"),
    "gateway-error": ("gateway/error.log",),
    "app": ("api-1/app.log", "payments/app.log"),
    "stderr": ("api-1/stderr.log", "payments/stderr.log"),
    "client": ("client/client.log",),
}
"""Kind of evidence → logs, in which the lack of a line is found by looking there."""


@dataclass(frozen=True, slots=True)
class Count:
    """What an order takes.

    Attributes:
        mean: looks until one mechanism is left, averaged over the mechanisms.
        open: mechanisms that even all looks do not single out; they count with the whole order.
    """

    mean: float
    open: tuple[str, ...]


class Looks:
    """What each look tells of each pair of mechanisms.

    Args:
        signatures: of all mechanisms.
        places: where one can look.
    """

    def __init__(self, signatures: Signatures, places: Iterable[LookPlace]) -> None:
        self._signatures = signatures
        self._places = tuple(places)
        self._seen_at: dict[str, frozenset[str]] = {}
        self._apart: dict[tuple[str, str], frozenset[str]] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all looks."""
        return tuple(place.name for place in self._places)

    def seen_at(self, fact: str) -> frozenset[str]:
        """The looks that show whether a fact is there."""
        if fact not in self._seen_at:
            kinds = _kinds(self._signatures.facts[fact])
            self._seen_at[fact] = frozenset(place.name for place in self._places if kinds & set(place.kinds))
        return self._seen_at[fact]

    def apart(self, one: str, other: str) -> frozenset[str]:
        """The looks that tell two mechanisms apart."""
        pair = (one, other) if one < other else (other, one)
        if pair not in self._apart:
            facts = self.separating(*pair)
            self._apart[pair] = frozenset().union(*(self.seen_at(fact) for fact in facts))
        return self._apart[pair]

    def separating(self, one: str, other: str) -> set[str]:
        """The facts that one of two mechanisms has and the other has not."""
        a, b = self._signatures.by_mechanism[one], self._signatures.by_mechanism[other]
        facts = (_has(a) & set(b.lacks)) | (_has(b) & set(a.lacks))
        if other not in a.lookalikes and one not in b.lookalikes:
            return facts | (set(a.shows) - _has(b)) | (set(b.shows) - _has(a))
        return facts | set(a.lookalikes.get(other, ())) | set(b.lookalikes.get(one, ()))

    def count(self, order: Sequence[str], mechanisms: Sequence[str]) -> Count:
        """How many looks in that order it takes to single out each of the mechanisms."""
        taken = {mechanism: self._steps(order, mechanism, mechanisms) for mechanism in mechanisms}
        numbers = [len(order) if steps is None else steps for steps in taken.values()]
        return Count(
            mean=fmean(numbers) if numbers else 0.0,
            open=tuple(mechanism for mechanism, steps in taken.items() if steps is None),
        )

    def best(self, mechanisms: Sequence[str]) -> tuple[str, ...]:
        """The order whose next look always tells the most pairs apart that are still alike; as long as it must be.

        Greedy, so it need not be the shortest there is. Ties go to the look that is named first.
        """
        alike = set(combinations(sorted(mechanisms), 2))
        order: list[str] = []
        while alike:
            gain = {name: sum(name in self.apart(*pair) for pair in alike) for name in self.names}
            look = max(self.names, key=lambda name: gain[name])
            if not gain[look]:
                break
            order.append(look)
            alike = {pair for pair in alike if look not in self.apart(*pair)}
        return tuple(order)

    def _steps(self, order: Sequence[str], mechanism: str, mechanisms: Iterable[str]) -> int | None:
        left = {other for other in mechanisms if other != mechanism}
        if not left:
            return 0
        for n, look in enumerate(order, 1):
            left = {other for other in left if look not in self.apart(mechanism, other)}
            if not left:
                return n
        return None


def _has(signature: Signature) -> set[str]:
    """The facts that are there under a mechanism: those that it shows, and those that set it apart from another."""
    return set(signature.shows).union(*signature.lookalikes.values())


def _kinds(fact: Fact) -> set[str]:
    """The kinds of evidence in which a fact can be seen; an absence is seen in the log that lacks the line."""
    kinds: set[str] = set()
    for sign in fact.signs:
        if sign.kind != "absence":
            kinds.add(sign.kind)
            continue
        log = str(sign.where.get("log", "~")).removeprefix("~")
        kinds |= {kind for kind, logs in _ABSENCES.items() if any(re.search(log, name) for name in logs)}
    return kinds
