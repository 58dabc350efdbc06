"""Recognising a signature in what a round recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lab.catalog.fact import Fact
from lab.catalog.signature import Signature, Signatures
from lab.logs.line import Line, Look
from lab.logs.parse import kind_of
from lab.logs.record import Record
from lab.logs.ref import AbsenceRef
from lab.logs.trace import NAMES_REQUESTS, trace


@dataclass(frozen=True, slots=True)
class Recognition:
    """How a signature fits a record.

    Attributes:
        ok: all its facts are shown and none that it lacks.
        missing: ids of facts of `shows` that nothing shows.
        unwanted: ids of facts of `lacks` that something shows.
        refs: id of a shown fact → the first line, look or absence that shows it.
    """

    ok: bool
    missing: tuple[str, ...]
    unwanted: tuple[str, ...]
    refs: Mapping[str, str]


class Index:
    """The pieces of a record by kind, so that a fact looks only at what can show it."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self._all: dict[str, list[Line | Look]] = defaultdict(list)
        self._incident: dict[str, list[Line | Look]] = defaultdict(list)
        self._traces: dict[str, tuple[Line, ...]] = {}
        for line in record.lines:
            self._all[line.kind].append(line)
            if record.in_incident(line):
                self._incident[line.kind].append(line)
        for look in record.looks:
            self._all[look.what].append(look)
            if look.at >= record.injected_at:
                self._incident[look.what].append(look)

    def pieces(self, kind: str, *, may_precede: bool) -> Iterable[Line | Look]:
        """The lines or looks of a kind: those of the incident, or all."""
        return (self._all if may_precede else self._incident)[kind]

    def first(self, fact: Fact) -> str | None:
        """The reference of the first piece that shows `fact`; None when none does."""
        for sign in fact.signs:
            for piece in self.pieces(sign.kind, may_precede=fact.may_precede):
                if sign.shown_by(piece, self.record.draws):
                    return piece.ref
        logs = self.absent_logs(fact)
        return str(AbsenceRef(logs[0], self.record.request_id)) if logs else None

    def absent_logs(self, fact: Fact, rid: str = "") -> tuple[str, ...]:
        """The logs whose silence about the request `rid` (by default the named one) shows `fact`.

        A sign of absence means all the logs that it names: with two replicas, the one that was not asked proves
        little. So the result is all of them or none.
        """
        for sign in fact.signs:
            if sign.kind == "absence":
                logs = tuple(
                    log
                    for log in self.record.logs()
                    if names_requests(log) and sign.holds({"log": log}, self.record.draws)
                )
                if logs and not any(self.lines_about(log, rid) for log in logs):
                    return logs
        return ()

    def lines_about(self, log: str, rid: str = "") -> tuple[Line, ...]:
        """The lines of `log` about a request."""
        rid = rid or self.record.request_id
        return tuple(line for line in self.about(rid) if line.log == log)

    def about(self, rid: str) -> tuple[Line, ...]:
        """All lines about a request, as `lab trace` shows them."""
        if rid not in self._traces:
            self._traces[rid] = trace(self.record.lines, rid)
        return self._traces[rid]


def names_requests(log: str) -> bool:
    """Whether lines of `log` can be joined to a request, so that their absence says something."""
    return kind_of(log) in NAMES_REQUESTS


def recognise(signature: Signature, signatures: Signatures, record: Record) -> Recognition:
    """Whether the record shows the signature: the incident's lines and looks, all lines for what may precede it."""
    index = Index(record)
    refs = {}
    for id_ in (*signature.shows, *signature.lacks):
        if ref := index.first(signatures.facts[id_]):
            refs[id_] = ref
    missing = tuple(id_ for id_ in signature.shows if id_ not in refs)
    unwanted = tuple(id_ for id_ in signature.lacks if id_ in refs)
    return Recognition(
        ok=not missing and not unwanted,
        missing=missing,
        unwanted=unwanted,
        refs={id_: ref for id_, ref in refs.items() if id_ in signature.shows},
    )
