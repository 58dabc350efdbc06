"""Evidence: whether the pieces that were cited prove the key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lab.catalog.fact import Fact
from lab.errors import LabError
from lab.grading.key import Key
from lab.grading.recognise import Index, names_requests
from lab.logs.line import Line, Look
from lab.logs.record import Record
from lab.logs.ref import AbsenceRef, LineRef, Ref

NOT_SEPARATED = 0.4
"""Share of the points for pieces that would look the same for a look-alike."""
ABOUT_SOMETHING_ELSE = 0.2
"""Share of the points that each piece about something else takes away."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One cited piece: the facts of the key that it shows, or why it shows none.

    `about` is True for one that shows none and is about the named request all the same: it proves nothing, and
    harms nothing.
    """

    ref: str
    facts: tuple[Fact, ...]
    why_not: str = ""
    about: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the pieces are worth together.

    Attributes:
        pieces: each of them, in the order of citing.
        discriminates: they exclude every look-alike.
        share: 0 to 1, of the part's points.
        open: for the first look-alike that is not excluded, the facts that would do it.
    """

    pieces: tuple[Piece, ...]
    discriminates: bool
    share: float
    open: tuple[Fact, ...] = ()

    @property
    def separating(self) -> Piece | None:
        """The piece that later reasons point at: the one that shows most."""
        return max((piece for piece in self.pieces if piece.facts), key=lambda piece: len(piece.facts), default=None)

    @property
    def reason(self) -> str:
        """Sentences about the pieces together; without a name of the key as far as facts are named neutrally."""
        if not self.pieces:
            return "No evidence was cited."
        said = [f"{piece.ref} {piece.why_not}." for piece in self.pieces if not piece.facts]
        if self.discriminates:
            said.insert(0, "The pieces show what separates this from all that looks the same.")
        elif self.open and any(piece.facts or piece.about for piece in self.pieces):
            said.insert(
                0, f"The pieces would look the same for another cause. What separates the two: {self.open[0].says}."
            )
        return " ".join(said)


def weigh(refs: Iterable[Ref], key: Key, record: Record) -> Weighed:
    """What the cited pieces are worth.

    Raises:
        LabError: usage, for a line, look or request that is not in this round. No try is used up by that.
    """
    index = Index(record)
    pieces = tuple(_judge(ref, key, index) for ref in refs)
    shown = {fact.id for piece in pieces for fact in piece.facts}
    still_open = next(
        (facts for facts in key.separating.values() if not shown.intersection(fact.id for fact in facts)), ()
    )
    discriminates = any(piece.facts for piece in pieces) and not still_open
    counted = any(piece.facts or piece.about for piece in pieces)
    share = (1.0 if discriminates else NOT_SEPARATED) if counted else 0.0
    beside = sum(not piece.facts and not piece.about for piece in pieces)
    return Weighed(pieces, discriminates, max(0.0, round(share - ABOUT_SOMETHING_ELSE * beside, 6)), still_open)


def _judge(ref: Ref, key: Key, index: Index) -> Piece:
    if isinstance(ref, AbsenceRef):
        return _judge_absence(ref, key, index)
    record = index.record
    piece: Line | Look
    if isinstance(ref, LineRef):
        piece = _line(ref, record)
        in_time = record.in_incident(piece)
    else:
        found = record.look(ref.n)
        if found is None:
            raise LabError(f"There is no {ref}.", _looks_there_are(record), code=2)
        piece, in_time = found, found.at >= record.injected_at
    shown = [fact for fact in key.facts if fact.shown_by(piece, record.draws)]
    counted = tuple(fact for fact in shown if in_time or fact.may_precede)
    if counted:
        return Piece(str(ref), counted)
    if in_time and isinstance(piece, Line) and any(line.ref == piece.ref for line in index.about(record.request_id)):
        return Piece(str(ref), (), "is about the request, and would be the same with other causes", about=True)
    return Piece(str(ref), (), "is about something else" if in_time else "was not written during the incident")


def _judge_absence(ref: AbsenceRef, key: Key, index: Index) -> Piece:
    record = index.record
    if ref.log not in record.logs():
        raise LabError(f"There is no log {ref.log!r} in this round.", _logs_there_are(record), code=2)
    if not names_requests(ref.log):
        raise LabError(
            f"The lines of {ref.log} belong to no request, so none can be absent.",
            "Cite a line of it, or the absence from an access, app or client log.",
            code=2,
        )
    about = index.about(ref.rid)
    if not about:
        raise LabError(
            f"No log of this round knows the request {ref.rid!r}.",
            f"The request named in the brief is {record.request_id}.",
            code=2,
        )
    if there := next((line for line in about if line.log == ref.log), None):
        return Piece(str(ref), (), f"does not hold: {there.ref} is about that request")
    if not _like_the_named(ref.rid, index):
        return Piece(str(ref), (), "is about something else: that request did not end as the named one did")
    shown = tuple(fact for fact in key.facts if ref.log in index.absent_logs(fact, ref.rid))
    if shown:
        return Piece(str(ref), shown)
    return Piece(str(ref), (), "holds, but would hold with other causes too", about=True)


def _like_the_named(rid: str, index: Index) -> bool:
    """Whether a request is of the incident and ended as the named one did; others prove nothing about it."""
    record = index.record
    if rid == record.request_id:
        return True
    return bool(_endings(index.about(rid), record) & _endings(index.about(record.request_id), record))


def _endings(lines: Iterable[Line], record: Record) -> set[tuple[object, ...]]:
    """How a request ended for the gateway, and for the client where it never reached the gateway."""
    lines = tuple(line for line in lines if record.in_incident(line))
    seen: set[tuple[object, ...]] = {
        (line.kind, line.fields["status"], line.fields["us"]) for line in lines if line.kind == "gateway-lab"
    }
    return seen or {
        (line.kind, line.fields.get("status"), line.fields.get("errno")) for line in lines if line.kind == "client"
    }


def _line(ref: LineRef, record: Record) -> Line:
    line = record.line(ref.log, ref.n)
    if line is not None:
        return line
    if ref.log not in record.logs():
        raise LabError(f"There is no log {ref.log!r} in this round.", _logs_there_are(record), code=2)
    last = max((line.n for line in record.lines if line.log == ref.log), default=0)
    raise LabError(f"There is no line {ref}.", f"{ref.log} has {last} line{'' if last == 1 else 's'}.", code=2)


def _logs_there_are(record: Record) -> str:
    return f"There are {', '.join(record.logs())}." if record.logs() else "No log has a line yet."


def _looks_there_are(record: Record) -> str:
    numbers = [str(look.n) for look in record.looks]
    return f"Looks are numbered {', '.join(numbers)}." if numbers else "Nobody looked yet: see `lab probe --help`."
