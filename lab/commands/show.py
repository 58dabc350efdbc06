"""`lab show`: one scenario, without its answer key."""

from __future__ import annotations

import re

import click
from rich.text import Text

from lab.commands.list import row
from lab.commands.options import json_option
from lab.commands.output import document, show
from lab.render.console import paragraph


@click.command("show")
@click.argument("name")
@json_option
def command(name: str, as_json: bool) -> None:
    """One scenario, without its answer key.

    NAME is a codename of `lab list`, or an id.
    """
    from lab.catalog.load import find_scenario

    scenario = find_scenario(name)
    parts = ["status", "layer", "written_by", "fault_at", "mechanism", "evidence", "next_step"]
    parts += [part for part in ("pattern", "retry") if getattr(scenario.key, part)]
    parts += list(scenario.asks)
    told = {**row(scenario), "story": _blanks(scenario.story), "parts": parts, "neighbours_shown": False}
    if as_json:
        document(told)
        return
    show(Text.assemble((scenario.codename, "lab.head"), f", level {scenario.level}, about {scenario.minutes} minutes"))
    show("", paragraph(told["story"], indent=0), "")
    show(paragraph(f"It asks for: {', '.join(part.replace('_', ' ') for part in parts)}.", indent=0))
    show(f"`lab start {scenario.codename}` opens it.")


def _blanks(story: str) -> str:
    """The story with a gap for each draw, which a round's seed fills."""
    return re.sub(r"\$[a-z_]+", "…", story)
