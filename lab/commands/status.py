"""`lab status`: the round in progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import RenderableType
from rich.text import Text

from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.render.tables import table
from lab.round import client

OVER = ("closed", "broken")
"""States of a round that is down."""


@click.command("status")
@round_option
@click.option("--all", "all_", is_flag=True, help="All rounds, the closed ones too.")
@json_option
def command(name: str | None, all_: bool, as_json: bool) -> None:
    """The round in progress: time, tries, looks."""
    if all_:
        rounds = client.list_rounds()
        if as_json:
            document(rounds)
        elif rounds:
            columns = ("round", "state", "left", "tries_left", "looks")
            show(
                table(
                    [
                        {**one, "left": time_left(one.get("expires_at")) if one["state"] not in OVER else "-"}
                        for one in rounds
                    ],
                    columns,
                )
            )
        else:
            show("There are no rounds. `lab start` opens one.")
        return
    status = client.find_round(name).call("status")
    document(status) if as_json else show(view(status))


def view(status: Mapping[str, Any]) -> Iterator[RenderableType]:
    """A status, as a person reads it."""
    yield Text.assemble((f"Round {status['round']}", "lab.head"), f", {status['state']}")
    rows = (
        ("gateway", status.get("url") or "-"),
        ("time left", time_left(status.get("expires_at"))),
        ("tries left", str(status.get("tries_left", "-"))),
        ("hints taken", str(status.get("hints_taken", "-"))),
        ("looks", str(status.get("looks", "-"))),
    )
    for what, value in rows:
        yield Text.assemble(f"  {what:<13}", value)


def time_left(expires_at: str | None) -> str:
    """Minutes and seconds until an RFC 3339 moment; `-` without one, `over` after it."""
    if not expires_at:
        return "-"
    left = (datetime.fromisoformat(expires_at) - datetime.now(UTC)).total_seconds()
    return "over" if left <= 0 else f"{int(left // 60)} min {int(left % 60):02d} s"
