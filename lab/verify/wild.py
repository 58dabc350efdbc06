"""Facts as seen by somebody who does not know what the round drew: `$name` is a wildcard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lab.catalog.fact import Fact, Sign
from lab.logs.line import Line, Look

Unusual = Callable[[Sign, str, float, bool], bool]
"""Whether a number in a field of a sign's pieces is clearly above (True) or below what was usual there."""

Binding = tuple[tuple[str, Any], ...]
"""Drawn name → value that a piece has in its place, as sorted pairs."""


def bindings(
    fact: Fact, piece: Line | Look, unusual: Unusual | None = None, known: Mapping[str, Any] | None = None
) -> Iterator[Binding]:
    """The values that draws would need for `piece` to show `fact`; an empty binding where it names no draw.

    A number that is compared with a draw has only to be there, or to be `unusual` where that can be told. `known`
    are draws that are no secret, such as the id of the named request.
    """
    for sign in fact.signs:
        plain, drawn, numbers = _apart(sign, known or {})
        kind = piece.kind if isinstance(piece, Line) else piece.what
        if kind != sign.kind:
            continue
        for fields in _readings(piece):
            values = {name: fields.get(field) for field, name in drawn.items()}
            complete = all(isinstance(value, str | int | float) for value in values.values())
            if (
                complete
                and plain.holds(fields, {})
                and all(
                    isinstance(number := fields.get(field), int | float)
                    and (unusual is None or unusual(plain, field, number, above))
                    for field, above in numbers.items()
                )
            ):
                yield tuple(sorted(values.items()))


def shows_somehow(fact: Fact, piece: Line | Look) -> bool:
    """Whether `piece` shows `fact` for some draw."""
    return next(bindings(fact, piece), None) is not None


def agree(one: Binding, other: Binding) -> Binding | None:
    """Both together, or None when they give one name two values."""
    merged = dict(one)
    for name, value in other:
        if merged.setdefault(name, value) != value:
            return None
    return tuple(sorted(merged.items()))


def _apart(sign: Sign, known: Mapping[str, Any]) -> tuple[Sign, dict[str, str], dict[str, bool]]:
    """The sign without its draws; field → drawn name; field → whether it is to be above a drawn number."""
    plain: dict[str, Any] = {}
    drawn: dict[str, str] = {}
    numbers: dict[str, bool] = {}
    for field, wanted in sign.where.items():
        if isinstance(wanted, str) and wanted.startswith("$") and wanted[1:] in known:
            plain[field] = known[wanted[1:]]
        elif isinstance(wanted, str) and wanted.startswith("$"):
            drawn[field] = wanted[1:]
        elif isinstance(wanted, str) and not wanted.startswith("~") and " $" in wanted:
            numbers[field] = wanted.startswith(">")
        elif isinstance(wanted, list | tuple) and any(isinstance(one, str) and one.startswith("$") for one in wanted):
            drawn[field] = "|".join(map(str, wanted))
        else:
            plain[field] = wanted
    return sign.model_copy(update={"where": plain}), drawn, numbers


def _readings(piece: Line | Look) -> Iterator[Mapping[str, Any]]:
    if isinstance(piece, Look) and piece.fields.get("rows"):
        for row in piece.fields["rows"]:
            yield {**piece.fields, **row}
    else:
        yield piece.fields
