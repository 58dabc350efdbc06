"""`lab extend`: more time."""

from __future__ import annotations

import click

from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.commands.status import time_left
from lab.round import client


@click.command("extend")
@click.argument("minutes", type=click.IntRange(1, 24 * 60), default=15)
@round_option
@json_option
def command(minutes: int, name: str | None, as_json: bool) -> None:
    """Give the round more minutes.

    MINUTES are added to its time limit; 15 by default.
    """
    found = client.find_round(name)
    found.call("extend", minutes=minutes)
    status = found.call("status")
    document(status) if as_json else show(f"{time_left(status['expires_at'])} left in round {status['round']}.")
