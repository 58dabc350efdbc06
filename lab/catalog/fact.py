"""Facts: named predicates on one piece of evidence."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from lab.catalog.model import Model
from lab.logs.line import Line, Look

Kind = Literal[
    "gateway-access",
    "gateway-lab",
    "gateway-error",
    "app",
    "stderr",
    "process",
    "client",
    "probe",
    "inspect",
    "mix",
    "absence",
]

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}

_UNKNOWN = object()
"""What a `$draw` or `@field` is that the round or the piece does not have: no value equals it, not even None."""


class Sign(Model):
    """One way in which a fact shows itself."""

    kind: Kind = Field(alias="in")
    """What is looked at: a kind of log line, a kind of look, or `absence` (a log without a line of the request)."""
    where: Mapping[str, Any] = {}
    """Field → what it must be: a value, a list of accepted values, `~regex`, `set`, `unset`, or `>= 0.5`.

    `$name` stands for what the round drew under that name, `@name` for another field of the same piece; both
    may stand for the number of a comparison (`> @queries`). For an absence: `log: ~regex` of the log's name.
    """

    @field_validator("where")
    @classmethod
    def _patterns_compile(cls, where: Mapping[str, Any]) -> Mapping[str, Any]:
        for wanted in where.values():
            for one in wanted if isinstance(wanted, list) else [wanted]:
                if isinstance(one, str) and one.startswith("~"):
                    try:
                        re.compile(one[1:])
                    except re.error as error:
                        raise ValueError(f"{one!r} is no pattern: {error}") from error
        return where

    def shown_by(self, piece: Line | Look, draws: Mapping[str, Any]) -> bool:
        """Whether a line or a look shows the fact."""
        if isinstance(piece, Line):
            return piece.kind == self.kind and self.holds(piece.fields, draws)
        return piece.what == self.kind and any(self.holds(row, draws) for row in _rows(piece.fields))

    def holds(self, fields: Mapping[str, Any], draws: Mapping[str, Any]) -> bool:
        """Whether every wanted field is as wanted."""
        return all(_is(fields.get(name), _resolved(wanted, fields, draws)) for name, wanted in self.where.items())


class Fact(Model):
    """Something that a piece of evidence can show, whatever the scenario."""

    id: str
    says: str
    """One sentence: what the fact says about the system. It appears in reasons, so it names no mechanism."""
    signs: tuple[Sign, ...] = Field(min_length=1)
    """The ways in which it shows; one is enough."""
    may_precede: bool = False
    """Whether a line that was written before the incident may show it."""

    def shown_by(self, piece: Line | Look, draws: Mapping[str, Any]) -> bool:
        """Whether a line or a look shows the fact in any of its ways."""
        return any(sign.shown_by(piece, draws) for sign in self.signs)

    def shown_by_absence(self, log: str, draws: Mapping[str, Any]) -> bool:
        """Whether the lack of a line about the named request in `log` shows the fact."""
        return any(sign.kind == "absence" and sign.holds({"log": log}, draws) for sign in self.signs)


def _rows(fields: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The readings of a look: itself, and each of its rows together with what is common to them."""
    rows = fields.get("rows")
    if not rows:
        yield fields
        return
    for row in rows:
        yield {**fields, **row}


def _resolved(wanted: Any, fields: Mapping[str, Any], draws: Mapping[str, Any]) -> Any:
    """What is wanted, with `$draw` and `@field` replaced by their values."""
    if isinstance(wanted, list | tuple):
        return [_resolved(one, fields, draws) for one in wanted]
    if not isinstance(wanted, str) or wanted.startswith("~"):
        return wanted
    sign, _, name = wanted.rpartition(" ")
    if name[:1] not in ("$", "@"):
        return wanted
    value = (draws if name[0] == "$" else fields).get(name[1:])
    if value is None:
        return _UNKNOWN
    return f"{sign} {value}" if sign else value


def _is(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return any(_is(value, one) for one in wanted)
    if isinstance(wanted, str):
        if wanted == "set":
            return value is not None
        if wanted == "unset":
            return value is None
        if wanted.startswith("~"):
            return value is not None and re.search(wanted[1:], str(value)) is not None
        sign, _, number = wanted.partition(" ")
        if sign in _COMPARE:
            return isinstance(value, int | float) and _is_number(number) and _COMPARE[sign](value, float(number))
    return bool(value == wanted)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
