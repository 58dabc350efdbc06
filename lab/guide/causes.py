"""Causes as entries of a page: mechanisms from their signatures, and measured rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lab.catalog.signature import Signature
from lab.guide.grep import command, in_log, in_words
from lab.guide.material import Material
from lab.guide.page import Block, Entry, Items, Text
from lab.guide.prose import Row

FEW = 3
"""Mechanisms that are named beside a measured row on which they rest; a row with more of them tells none apart."""


def cause(mechanism: str, material: Material, *, on: str) -> Entry:
    """A mechanism: what it is, the lines to grep for, the first check, what separates it, how to start it.

    Args:
        mechanism: its id.
        material: where it is told.
        on: the topic of the page on which the entry stands.
    """
    signature, term = material.signature(mechanism), material.term(mechanism)
    said = [("first check", signature.check_first)] if signature.check_first else []
    said += [("told from", told) for told in _told_from(signature, material, on)]
    separating = {fact for facts in signature.lookalikes.values() for fact in facts}
    said += [("also shows", _shown(fact, material)) for fact in signature.shows if fact not in separating]
    if signature.rows:
        said.append(("measured", rows_named(signature.rows)))
    return Entry(
        title=term.title,
        text=term.says,
        commands=greps(mechanism, material),
        said=tuple(said),
        starts=material.starts(mechanism),
        anchor=mechanism,
    )


def lines(mechanisms: Iterable[str], rows: Iterable[Row], material: Material, *, on: str) -> Iterator[Block]:
    """The lines to grep for, each with what writes it: where a person with a line in hand begins.

    Rows of which no line stands in error.log come last.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    silent = []
    for mechanism in mechanisms:
        for line in greps(mechanism, material)[:1]:
            found.setdefault(line, []).append(("cause", material.link(mechanism, on=on)))
    for row in rows:
        told = f"{row.when} (row {row.row}): {row.tells}"
        elsewhere = material.resting_on(row.row)
        if 0 < len(elsewhere) <= FEW:
            told += f"; see {', '.join(material.link(mechanism) for mechanism in elsewhere)}"
        if row.grep:
            found.setdefault(in_log(row.grep, "error.log"), []).append(("also", told))
        else:
            silent.append(capital(told))
    for line, causes in found.items():
        yield Entry(title="", commands=(line,), said=tuple(causes))
    if silent:
        yield Text("And without a line in error.log:" if found else "None of these has a line in error.log:")
        yield Items(tuple(silent))


def rows_named(rows: Iterable[str]) -> str:
    """`row A1`, `rows A1, B2`."""
    rows = tuple(rows)
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(rows)}"


def capital(text: str) -> str:
    """A text that begins a sentence."""
    return f"{text[:1].upper()}{text[1:]}"


def greps(mechanism: str, material: Material) -> tuple[str, ...]:
    """The commands that find its lines: one in error.log, else one in lab.log for a status that it has.

    Only the facts that it shows count; of each log the first that a pattern can express.
    """
    statuses = material.statuses[mechanism]
    found: dict[str, str] = {}
    for fact in material.signatures.shows(mechanism):
        for sign in fact.signs:
            told = sign.where.get("status")
            wanted = told if isinstance(told, list | tuple) else [told]
            if sign.kind == "gateway-lab" and told is not None and not set(wanted) & set(statuses):
                continue
            if sign.kind not in found and (line := command(sign)):
                found[sign.kind] = line
    return tuple(found[kind] for kind in ("gateway-error", "gateway-lab") if kind in found)


def _shown(fact: str, material: Material) -> str:
    found = material.signatures.facts[fact]
    return f"{found.says} ({in_words(found.signs[0])})"


def _told_from(signature: Signature, material: Material, on: str) -> list[str]:
    """One sentence for each set of facts that separates it from look-alikes."""
    by_facts: dict[tuple[str, ...], list[str]] = {}
    for neighbour, facts in signature.lookalikes.items():
        if neighbour in material.signatures.by_mechanism:
            by_facts.setdefault(facts, []).append(material.link(neighbour, on=on))
    return [
        f"{'; '.join(neighbours)}: {'; or '.join(_shown(fact, material) for fact in facts)}"
        for facts, neighbours in by_facts.items()
    ]
