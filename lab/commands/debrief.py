"""`lab debrief`: the whole story, once the round is over."""

from __future__ import annotations

import click

from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.render.console import console
from lab.render.debrief import debrief
from lab.round import client


@click.command("debrief")
@round_option
@json_option
def command(name: str | None, as_json: bool) -> None:
    """What happened, hop by hop, once the round is over."""
    told = client.find_round(name).call("debrief")
    document(told) if as_json else show(debrief(told, console()))
