"""A waterfall: phases one under the other, each a bar from its beginning to its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lab.render.console import seconds


class Phase(NamedTuple):
    """One phase; `start` and `end` in seconds from one common moment."""

    name: str
    start: float
    end: float


def waterfall(phases: Sequence[Phase], *, width: int = 80, ascii_only: bool = False) -> str:
    """The bars as text, each with its name and duration; a phase too short to be seen is one column wide.

    Args:
        phases: in the order in which they are to be shown.
        width: columns to use.
        ascii_only: draw with `=` and not with blocks.
    """
    if not phases:
        return ""
    names = max(len(phase.name) for phase in phases)
    span = max(phase.end for phase in phases) or 1.0
    room = max(10, width - names - 14)
    block = "=" if ascii_only else "█"
    rows = []
    for phase in phases:
        left = min(room - 1, int(phase.start / span * room))
        bar = max(1, min(room - left, round((phase.end - phase.start) / span * room)))
        rows.append(
            f"  {phase.name:<{names}}  {seconds(phase.end - phase.start):>8}  {' ' * left}{block * bar}".rstrip()
        )
    return "\n".join(rows)
