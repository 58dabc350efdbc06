"""`lab list`: the catalogue, by codename."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from lab.commands.options import json_option
from lab.commands.output import document, show
from lab.commands.start import FAMILIES
from lab.engines import ENGINES
from lab.render.tables import table


@click.command("list")
@click.option("--level", type=click.IntRange(1, 5), help="Only this level.")
@click.option("--family", type=click.Choice(FAMILIES), metavar="F", help=f"Only this one: {', '.join(FAMILIES)}.")
@click.option("--spoilers", is_flag=True, help="Show ids and titles too; they are the answers.")
@json_option
def command(level: int | None, family: str | None, spoilers: bool, as_json: bool) -> None:
    """The catalogue, by codename."""
    from lab.catalog.load import load_scenarios

    found = [
        row(scenario)
        for scenario in load_scenarios().values()
        if level in (None, scenario.level) and family in (None, scenario.family)
    ]
    if as_json:
        document(found)
        return
    if not found:
        show("The catalogue has none of these.")
        return
    show(
        table(found, ("codename", "level", "minutes", *(("id", "title") if spoilers else ())), keep=("codename", "id"))
    )
    levels = Counter(one["level"] for one in found)
    counted = ", ".join(f"{levels[n]} of level {n}" for n in sorted(levels))
    show("", f"{counted}. `lab start CODENAME` opens one, `lab start` draws one.")


def row(scenario: Any) -> dict[str, Any]:
    """A scenario's row, as `lab list --json` prints it."""
    from lab.faults.registry import needs

    return {
        "id": scenario.id,
        "codename": scenario.codename,
        "family": scenario.family,
        "title": scenario.title,
        "level": scenario.level,
        "minutes": scenario.minutes,
        "engines": list(ENGINES),
        "requires": sorted(needs(scenario)),
        "repair": scenario.repair is not None,
        "upstream": scenario.upstream,
    }
