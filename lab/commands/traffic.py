"""`lab traffic`: the shop's other customers."""

from __future__ import annotations

import click

from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.round import client


@click.command("traffic")
@click.argument("mode", type=click.Choice(["on", "off", "once"]))
@round_option
@json_option
def command(mode: str, name: str | None, as_json: bool) -> None:
    """Switch the background traffic on or off.

    once: one request of each route.
    """
    told = client.find_round(name).call("traffic", mode=mode)
    document(told) if as_json else show(f"Traffic is {told['traffic']}, {told['rate']:g} requests a second.")
