"""`lab doctor`: what is missing on this machine."""

from __future__ import annotations

import click
from rich.text import Text

from lab.commands.options import json_option
from lab.commands.output import document, show
from lab.render.console import Hanging, paragraph


@click.command("doctor")
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """What is missing on this machine, and how to get it."""
    from lab.round.doctor import checks

    found = checks()
    if as_json:
        document(found)
    else:
        for check in found:
            word, style = ("ok", "lab.good") if check["ok"] else ("MISSING", "lab.bad")
            show(
                Hanging(
                    Text.assemble((f"{word:<9}", style), (check["check"], "lab.name"), f": {check['found']}"), indent=9
                )
            )
            if not check["ok"]:
                show(paragraph(check["cure"], indent=9))
        missing = sum(not check["ok"] for check in found)
        show(
            "", f"{missing} of {len(found)} need attention." if missing else "Everything is there: `lab demo` will run."
        )
    if not all(check["ok"] for check in found):
        ctx.exit(1)
