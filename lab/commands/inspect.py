"""`lab inspect`: real readings of a hop, recorded as a look."""

from __future__ import annotations

import click

from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.render.tables import pairs, table
from lab.round import client


@click.command("inspect")
@click.argument("topic", type=click.Choice(["proc", "sock"]))
@click.argument("hop")
@round_option
@json_option
def command(topic: str, hop: str, name: str | None, as_json: bool) -> None:
    """Processes or sockets of a hop, from real readings.

    proc: what systemctl and ps would show. sock: what ss would show. HOP is gateway, api-1 or payments. The reading
    is kept in looks.log and can be cited as evidence.
    """
    look = client.find_round(name).call("inspect", topic=topic, hop=hop)
    if as_json:
        document(look)
        return
    show(f"looks.log:{look['look']}  {topic} of {look['hop']}", "")
    rows = look["rows"]
    if not rows:
        show("Nothing to show.")
    elif topic == "sock":
        show(table(rows))
    else:
        for row in rows:  # more values than 80 columns hold: one below the other
            show(pairs(row), "")
