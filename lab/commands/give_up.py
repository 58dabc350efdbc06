"""`lab give-up`: the key, and no grade."""

from __future__ import annotations

import click

from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.render.grade import key
from lab.round import client


@click.command("give-up")
@round_option
@json_option
def command(name: str | None, as_json: bool) -> None:
    """End the round and see the answer key."""
    told = client.find_round(name).call("give-up")
    if as_json:
        document(told)
        return
    show("The answer key:", key(told["key"]), "", "`lab debrief` tells the whole story; `lab stop` takes it down.")
