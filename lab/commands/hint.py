"""`lab hint`: one rung of the ladder of hints."""

from __future__ import annotations

import click

from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.render.console import paragraph
from lab.round import client


@click.command("hint")
@round_option
@json_option
def command(name: str | None, as_json: bool) -> None:
    """The next hint, and its price.

    There are three: where to look, what to compare, what to rule out.
    """
    hint = client.find_round(name).call("hint")
    if as_json:
        document(hint)
        return
    price = f"{hint['price']:g} points" if hint["price"] else "free"
    show(f"Hint, {hint['rung']} ({price}):", paragraph(hint["text"]))
