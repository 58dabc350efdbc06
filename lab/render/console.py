"""Where views are printed, and the few styles they use.

The styles are bold, dim and the darker of the base colours, so a view reads on dark and on light backgrounds and
loses nothing without colour: whatever a colour says, a word says too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.text import Text
from rich.theme import Theme

_THEME = Theme(
    {
        "lab.head": "bold",
        "lab.ref": "bold",
        "lab.name": "bold",
        "lab.good": "green",
        "lab.bad": "bold red",
        "lab.part": "magenta",
        "lab.quiet": "dim",
    }
)


def console(*, stderr: bool = False) -> Console:
    """A console for stdout, or for stderr. What it prints is taken literally: no markup, no emoji, no highlighting."""
    return Console(theme=_THEME, stderr=stderr, markup=False, emoji=False, highlight=False)


class Unwrapped:
    """Rows that are never broken: diagrams, paths, and commands that people copy."""

    def __init__(self, text: str, *, style: str = "") -> None:
        self.text = text
        self.style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The rows as they are."""
        style = console.get_style(self.style)
        for row in self.text.split("\n"):
            yield Segment(row, style)
            yield Segment.line()


class Hanging:
    """Text whose further lines are indented.

    Into a pipe, where no width is known, it stays one line, so that grep and cut see whole records.
    """

    def __init__(self, text: Text | str, *, indent: int = 4, first: int = 0) -> None:
        self.text = Text(text) if isinstance(text, str) else text
        self.indent = indent
        self.first = first

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines, none wider than the console."""
        if not console.is_terminal and "COLUMNS" not in os.environ:
            yield from (Text(" " * self.first) + self.text).render(console, end="\n")
            return
        width = max(20, options.max_width - self.indent)
        for n, line in enumerate(self.text.wrap(console, width, overflow="fold")):
            line.rstrip()
            yield Text(" " * (self.indent if n else self.first)) + line


def paragraph(text: str, *, indent: int = 2) -> Hanging:
    """A paragraph, all of whose lines are indented."""
    return Hanging(" ".join(text.split()), indent=indent, first=indent)


def bullets(items: Iterable[str]) -> list[Hanging]:
    """A list, one item a paragraph."""
    return [Hanging(f"- {' '.join(item.split())}", indent=4, first=2) for item in items]


def seconds(value: float | None) -> str:
    """A duration as people read it: `0.8 ms`, `103 ms`, `3.002 s`; `-` for None."""
    if value is None:
        return "-"
    if value < 0.01:
        return f"{value * 1000:.1f} ms"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.3f} s"
