"""`lab verify`: prove scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click
from rich.console import RenderableType
from rich.text import Text

from lab.commands.options import engine_option, json_option, link_server_option
from lab.commands.output import document, progress, show
from lab.render.console import paragraph
from lab.render.tables import table, value


@click.command("verify")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@engine_option
@link_server_option
@json_option
@click.pass_context
def command(ctx: click.Context, ids: tuple[str, ...], engine: str, link_server: str | None, as_json: bool) -> None:
    """Prove scenarios by opening and solving them.

    Each scenario (all of them without an ID) is launched, seen healthy, broken, seen broken, restored and taken
    down; guessers and a solver play it. Exits with 1 if any is not as it claims to be.
    """
    from lab.verify.prove import verify

    told = verify(list(ids), engine, progress(as_json), link_server=link_server)
    document(told) if as_json else show(_view(told))
    if not all(one["ok"] for one in told["scenarios"]) or told["left_behind"] or told.get("too_good"):
        ctx.exit(1)


def _view(told: Mapping[str, Any]) -> Iterator[RenderableType]:
    rows = [{"scenario": one["id"], "": "ok" if one["ok"] else "FAILED", **one["phases"]} for one in told["scenarios"]]
    yield table(rows)
    for one in told["scenarios"]:
        if not one["ok"]:
            yield Text("")
            yield Text(f"{one['id']} failed", "lab.bad")
            yield paragraph(str(one["reason"]))
    for one in told["skipped"]:
        yield paragraph(f"{one['id']} was skipped: {one['reason']}", indent=0)
    players = {**told["guessers"], **({"solver": told["solver"]} if told["solver"] else {})}
    if players:
        yield Text("")
        yield table([{"player": name, **score} for name, score in players.items()])
    for beyond in told.get("too_good", ()):
        yield Text(f"Beyond the limits: {beyond}.", "lab.bad")
    good = sum(bool(one["ok"]) for one in told["scenarios"])
    yield Text("")
    yield Text(
        f"{good} of {len(told['scenarios'])} proven in {told['wall_s']:.1f} s; "
        f"left behind: {value(told['left_behind']) if told['left_behind'] else 'nothing'}."
    )
