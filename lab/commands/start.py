"""`lab start`: open a round."""

from __future__ import annotations

from typing import Any

import click
from rich.text import Text

from lab.commands.options import engine_option, json_option, link_server_option
from lab.commands.output import document, progress, show
from lab.render.brief import brief
from lab.render.console import Unwrapped, seconds
from lab.round import client

FAMILIES = ("gateway", "refusing", "application", "request", "below-http", "latency", "edge", "incident")
"""The families of the catalogue; written down here so that the help needs no catalogue. A test compares them."""


@click.command("start")
@click.argument("name", required=False)
@click.option("--level", type=click.IntRange(1, 5), help="Draw a scenario of this level.")
@click.option("--family", type=click.Choice(FAMILIES), metavar="F", help="Draw a scenario of this family (`lab list`).")
@click.option("--seed", type=int, help="Repeat a round: the same seed draws the same.")
@engine_option
@link_server_option
@click.option("--minutes", type=click.IntRange(1, 24 * 60), help="Time limit; by default 60.")
@json_option
def command(
    name: str | None,
    level: int | None,
    family: str | None,
    seed: int | None,
    engine: str,
    link_server: str | None,
    minutes: int | None,
    as_json: bool,
) -> None:
    """Open a round; without a name a blind one.

    NAME is a codename of `lab list`, or a scenario's id. A blind round begins at level 1 and keeps its seed to
    itself until it is over.
    """
    if name and (level or family):
        raise click.UsageError("--level and --family draw a scenario; with a name there is nothing to draw.")
    told = client.start_round(
        name,
        level=level,
        family=family,
        seed=seed,
        engine=engine,
        link_server=link_server,
        minutes=minutes,
        progress=progress(as_json),
    )
    document(told) if as_json else _tell(told)


def _tell(told: dict[str, Any]) -> None:
    show("", brief(told["brief"]))
    show(
        Text.assemble(
            "Round ", (told["round"], "lab.head"), f", open after {seconds(told['opened_in_s'])}. Its folder:"
        )
    )
    show(Unwrapped(f"  {told['folder']}"))
