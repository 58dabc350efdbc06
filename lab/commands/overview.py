"""`lab` alone: the round in progress, or how to begin."""

from __future__ import annotations

from lab.commands.output import show
from lab.commands.status import OVER, view
from lab.round import client


def overview() -> None:
    """Print the newest open round, or the three ways to begin."""
    newest = next((one for one in client.list_rounds() if one["state"] not in OVER), None)
    if newest is None:
        show(
            "No round is open. Three ways to begin:",
            "",
            "  lab demo    watch a whole round: the failure, the lines that prove it, the grade (half a minute)",
            "  lab tour    one healthy request, hop by hop",
            "  lab start   a system that is broken on purpose; find out how",
            "",
            "`lab --help` lists all commands.",
        )
        return
    show(view(newest))
    show(
        "",
        "  lab logs    the mix of answers, the first failing request, the lines around it",
        "  lab probe   send a request yourself",
        "  lab hint    a nudge",
        "  lab answer  say what is broken, and what proves it",
        "  lab stop    take it down",
    )
