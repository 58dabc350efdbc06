"""`lab stop`: take rounds down."""

from __future__ import annotations

from typing import Any

import click

from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.commands.status import OVER
from lab.errors import LabError
from lab.render.tables import value
from lab.round import client


@click.command("stop")
@round_option
@click.option("--all", "all_", is_flag=True, help="Every round, and whatever dead ones left.")
@click.option("--purge", is_flag=True, help="Delete the folder too; with --all also those of closed rounds.")
@json_option
@click.pass_context
def command(ctx: click.Context, name: str | None, all_: bool, purge: bool, as_json: bool) -> None:
    """Take rounds down.

    A round's folder is kept, so that its logs and its debrief can still be read; --purge deletes it.
    """
    if name and all_:
        raise click.UsageError("--round names one round and --all means every one; give one of the two.")
    told = client.stop_all() if all_ else client.stop_round(name or _newest())
    purged = [one["round"] for one in client.list_rounds()] if all_ else told["stopped"]
    for one in purged if purge else ():
        client.purge_round(one)
    left = {what: rows for what, rows in told["left_behind"].items() if rows}
    if as_json:
        document(told)
    else:
        _say(told["stopped"], len(purged) if purge else 0, left)
    if left:
        ctx.exit(1)


def _say(stopped: list[str], deleted: int, left: dict[str, Any]) -> None:
    for one in stopped:
        show(f"Round {one} is down.")
    if not stopped and not deleted:
        show("No round was open.")
    if deleted:
        show(f"{deleted} {'folder' if deleted == 1 else 'folders'} deleted.")
    for what, rows in left.items():
        show(f"Left behind, {what}: {value(rows)}")


def _newest() -> str:
    """The newest round that isn't closed, or whose supervisor died."""
    rounds = client.list_rounds()
    if found := [one for one in rounds if one["state"] not in OVER or one.get("died")]:
        return str(found[0]["round"])
    raise LabError("No round is open.", "`lab start` opens one; `lab status --all` lists the closed ones.")
