"""What pages are made of: the catalogue, and the prose beside it, with the questions that pages ask of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from lab.catalog.fact import Sign
from lab.catalog.load import load_scenarios, load_signatures, load_vocabulary, read_yaml
from lab.catalog.scenario import Scenario
from lab.catalog.signature import Signature, Signatures
from lab.catalog.vocabulary import Term, Vocabulary
from lab.guide.looks import Looks
from lab.guide.page import Start
from lab.guide.prose import Prose, Row, load_prose
from lab.paths import data_dir

Status = int | str


@dataclass(frozen=True)
class Material:
    """All that pages are made of.

    Attributes:
        scenarios: by id.
        spoilers: whether a cause says which scenario plays it.
    """

    signatures: Signatures
    scenarios: Mapping[str, Scenario]
    vocabulary: Vocabulary
    prose: Prose
    spoilers: bool = True

    @cached_property
    def looks(self) -> Looks:
        """What looks tell."""
        return Looks(self.signatures, self.prose.orders.looks)

    @cached_property
    def _terms(self) -> Mapping[str, Term]:
        return {term.id: term for term in self.vocabulary.mechanisms}

    @cached_property
    def _files(self) -> Mapping[str, str]:
        """Scenario's id → its file in the repository; a file with variants has several."""
        found: dict[str, str] = {}
        for path in sorted(data_dir("scenarios").glob("*/*.yaml")):
            told = read_yaml(path)
            ids = (told.get("variants") if isinstance(told, dict) else None) or [path.stem]
            found |= {str(id_): f"scenarios/{path.parent.name}/{path.name}" for id_ in ids}
        return found

    def known(self, mechanisms: Iterable[str]) -> tuple[str, ...]:
        """Those of the mechanisms that prose names which the catalogue has; a test holds that it has all."""
        return tuple(one for one in mechanisms if one in self._terms and one in self.signatures.by_mechanism)

    def term(self, mechanism: str) -> Term:
        """A mechanism's words."""
        return self._terms[mechanism]

    def signature(self, mechanism: str) -> Signature:
        """A mechanism's signature."""
        return self.signatures.by_mechanism[mechanism]

    def played_by(self, mechanism: str) -> tuple[Scenario, ...]:
        """The scenarios whose cause it is, the easiest first."""
        return tuple(one for one in self.scenarios.values() if one.mechanism == mechanism)

    def starts(self, mechanism: str) -> tuple[Start, ...]:
        """How to start them; nothing where spoilers are not wanted."""
        if not self.spoilers:
            return ()
        return tuple(
            Start(one.codename, one.level, self._files.get(one.id, f"scenarios/{one.family}"))
            for one in self.played_by(mechanism)
        )

    @cached_property
    def statuses(self) -> Mapping[str, tuple[Status, ...]]:
        """Mechanism → what a client gets, by its signature and by the scenarios that play it."""
        found: dict[str, dict[Status, None]] = {
            mechanism: dict.fromkeys(signature.status) for mechanism, signature in self.signatures.by_mechanism.items()
        }
        for one in self.scenarios.values():
            if one.mechanism in found:
                found[one.mechanism] |= dict.fromkeys(one.key.status or one.symptom.status)
        return {mechanism: tuple(statuses) for mechanism, statuses in found.items()}

    @cached_property
    def by_status(self) -> Mapping[Status, tuple[str, ...]]:
        """Status → the mechanisms that a client can see as it; `none` comes last."""
        every = {status for told in self.statuses.values() for status in told}
        return {status: self.with_status(status) for status in sorted(every, key=str)}

    def with_status(self, status: Status) -> tuple[str, ...]:
        """The mechanisms that a client can see as `status`; those that can be played come first."""
        found = [mechanism for mechanism, statuses in self.statuses.items() if status in statuses]
        return tuple(sorted(found, key=lambda mechanism: not self.played_by(mechanism)))

    def with_errno(self, errno: int) -> tuple[str, ...]:
        """The mechanisms of which a shown fact, or a measured row that they rest on, has that errno."""
        rows = {row.row for row in self.prose.rows if row.errno == errno}
        return tuple(
            mechanism
            for mechanism, signature in self.signatures.by_mechanism.items()
            if rows & set(signature.rows)
            or any(_has_errno(sign, errno) for fact in self.signatures.shows(mechanism) for sign in fact.signs)
        )

    def resting_on(self, row: str) -> tuple[str, ...]:
        """The mechanisms that rest on a measured row."""
        return tuple(name for name, signature in self.signatures.by_mechanism.items() if row in signature.rows)

    def rows(self, *, besides: Iterable[str], status: Status | None = None, errno: int | None = None) -> list[Row]:
        """The measured rows with that status or errno, but those on which one of the mechanisms `besides` rests."""
        told = {row for mechanism in besides for row in self.signatures.by_mechanism[mechanism].rows}
        return [
            one
            for one in self.prose.rows
            if one.row not in told and (status in one.status if status is not None else one.errno == errno)
        ]

    def link(self, mechanism: str, *, on: str = "") -> str:
        """A mechanism's title, pointing at its cause, if it may be on the page `on`."""
        topics = [status_topic(status) for status in self.statuses[mechanism]]
        return f"[{self.term(mechanism).title}]({on if on in topics else topics[0]}#{mechanism})"


def material(*, spoilers: bool = True) -> Material:
    """The shipped material."""
    return Material(load_signatures(), load_scenarios(), load_vocabulary(), load_prose(), spoilers)


def status_topic(status: Status) -> str:
    """The topic of a status's page."""
    return "below-http" if status == "none" else f"{int(status):03d}"


def _has_errno(sign: Sign, errno: int) -> bool:
    wanted = sign.where.get("errno")
    if isinstance(wanted, list | tuple):
        return errno in wanted
    return bool(wanted == errno) or f"({errno}: " in str(sign.where.get("message", "")).replace("\\", "")
