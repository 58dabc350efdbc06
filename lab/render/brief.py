"""A round's brief: Markdown, set for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from lab.render.console import Hanging, Unwrapped
from lab.render.tables import table

_STRONG = re.compile(r"\*\*(.+?)\*\*|(`[^`]+`)")
_ITEM = re.compile(r"\s*(?:[-*]|\d+\.) ")


def brief(markdown: str) -> Iterator[RenderableType]:
    """A view of the few forms that a brief uses: headings, paragraphs, lists, tables, indented code.

    Code is never wrapped, so that commands can be copied.
    """
    waiting: list[str] = []
    free = False
    for row in [*markdown.rstrip().splitlines(), ""]:
        starts_anew = not row.strip() or row.startswith(("#", "|", "    ")) or _ITEM.match(row)
        if starts_anew and not (row.startswith("|") and waiting and waiting[-1].startswith("|")):
            yield from _flush(waiting)
        if not row.strip():
            if not free:
                yield Text("")
            free = True
            continue
        free = False
        if row.startswith("#"):
            yield Text(row.lstrip("# "), "lab.head")
        elif row.startswith("    "):
            yield Unwrapped(row)
        else:
            waiting.append(row.rstrip())


def _flush(waiting: list[str]) -> Iterator[RenderableType]:
    """The paragraph, list item or table that was collected, if any."""
    if not waiting:
        return
    if waiting[0].startswith("|"):
        rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in waiting]
        heads, *body = [row for row in rows if set("".join(row)) - set("-: ")]
        yield table([dict(zip(heads, cells, strict=False)) for cells in body], heads)
    else:
        item = _ITEM.match(waiting[0])
        yield Hanging(_emphasis(" ".join(row.strip() for row in waiting)), indent=item.end() if item else 0)
    waiting.clear()


def _emphasis(text: str) -> Text:
    """Bold without its marks and code with them, for where there is no bold; both in bold."""
    view = Text()
    done = 0
    for found in _STRONG.finditer(text):
        view.append(text[done : found.start()])
        view.append(found[1] or found[2], "lab.name")
        done = found.end()
    return view.append(text[done:])
