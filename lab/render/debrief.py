"""The debrief: what happened, what to check first in real life, how to prevent it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

from lab.render.console import Hanging, Unwrapped, bullets, paragraph
from lab.render.grade import key
from lab.render.ladder import ladder


def debrief(told: Mapping[str, Any], out: Console) -> Iterator[RenderableType]:
    """A view of what `lab debrief --json` prints, as wide as `out`."""
    scenario = told["scenario"]
    yield Text(f"{scenario['title']} ({scenario['id']}, level {scenario['level']})", "lab.head")
    yield from _played(told.get("played") or {})
    if told.get("happened"):
        yield from _head("What happened, hop by hop")
        for hop, text in told["happened"].items():
            yield Hanging(Text.assemble(("  " + hop, "lab.name"), f": {text}"))
    if told.get("timeline"):
        yield from _head("Timeline (UTC)")
        for row in told["timeline"]:
            yield Hanging(f"  {_moment(row['at'])}  {row['what']}", indent=16)
    if told.get("ladder"):
        yield from _head("One failing request")
        drawn = ladder(told["ladder"], width=min(out.width, 100), ascii_only=out.options.ascii_only)
        yield Unwrapped(drawn)
    if told.get("key"):
        yield from _head("The answer key")
        yield from key(told["key"])
    yield from _list("Check first in real life", told.get("first_checks"))
    yield from _list("How to prevent it", told.get("prevent"))
    yield from _list("Sources", told.get("sources"))


def _played(played: Mapping[str, Any]) -> Iterator[RenderableType]:
    if not played:
        return
    outcome = "passed" if played.get("passed") else "not passed"
    if played.get("score") is not None:
        outcome += f" with {played['score']:g} of 100"
    counts = ", ".join(f"{what} {played[what]}" for what in ("tries", "hints", "looks") if what in played)
    yield paragraph(f"You: {outcome}; {counts}.", indent=0)


def _moment(at: str) -> str:
    """The time of day of an RFC 3339 timestamp, in UTC; a round does not last for days."""
    return at.partition("T")[2].removesuffix("Z") or at


def _head(text: str) -> Iterator[RenderableType]:
    yield Text("")
    yield Text(text, "lab.head")


def _list(head: str, items: Any) -> Iterator[RenderableType]:
    if items:
        yield from _head(head)
        yield from bullets(items)
