"""A page of the guide, set for a terminal: narrow ones too, and without colour."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text as Line
from rich.tree import Tree as RichTree

from lab.guide.page import LINK, Block, Branch, Commands, Entry, Items, Page, Section, Table, Text, Tree
from lab.render.console import Hanging, Unwrapped
from lab.render.tables import table

_CODE = re.compile(r"`[^`]+`")


def guide(page: Page) -> Iterator[RenderableType]:
    """A view of a page. What stands in brackets behind a cause is the page on which it stands."""
    yield Line(page.title, "lab.head")
    for section in page.sections:
        yield from _section(section, page.topic)


def _section(section: Section, topic: str) -> Iterator[RenderableType]:
    if section.title:
        yield ""
        yield Line(section.title, "lab.head")
    for block in section.blocks:
        yield ""
        yield from _block(block, topic)


def _block(block: Block, topic: str) -> Iterator[RenderableType]:
    if isinstance(block, Text):
        yield Hanging(_line(block.text, topic), indent=0)
    elif isinstance(block, Items):
        for item in block.items:
            yield Hanging(Line("- ") + _line(item, topic), indent=4, first=2)
    elif isinstance(block, Commands):
        yield _commands(block.lines)
    elif isinstance(block, Table):
        rows = [dict(zip(block.heads, (_plain(cell, topic) for cell in row), strict=True)) for row in block.rows]
        yield table(rows, block.heads)
    elif isinstance(block, Tree):
        for branch in block.branches:
            yield _tree(branch, topic)
    else:
        yield from _entry(block, topic)


def _entry(entry: Entry, topic: str) -> Iterator[RenderableType]:
    if entry.title:
        yield Hanging(Line.assemble("  ", (_plain(entry.title, topic), "lab.name")), indent=2)
    if entry.text:
        yield Hanging(_line(entry.text, topic), indent=4, first=4)
    if entry.commands:
        yield _commands(entry.commands, indent=4 if entry.title else 2)
    said = [*entry.said, *(("start it", f"lab start {one.codename} (level {one.level})") for one in entry.starts)]
    for label, text in said:
        yield Hanging(Line(f"{label}: ", "lab.quiet") + _line(text, topic), indent=8, first=4)


def _commands(lines: tuple[str, ...], *, indent: int = 4) -> Unwrapped:
    return Unwrapped("\n".join(" " * indent + line for line in lines))


def _tree(branch: Branch, topic: str) -> RichTree:
    view = RichTree(_line(branch.text, topic), guide_style="lab.quiet")
    _grow(view, branch.branches, topic)
    return view


def _grow(view: RichTree, branches: tuple[Branch, ...], topic: str) -> None:
    for branch in branches:
        _grow(view.add(_line(branch.text, topic)), branch.branches, topic)


def _plain(text: str, topic: str) -> str:
    """A text with its links in words; the page follows in brackets unless the words name it or it is this one."""

    def said(link: re.Match[str]) -> str:
        words, page = link[1], link[2]
        return words if page == topic or page in words.split() else f"{words} ({page})"

    return LINK.sub(said, text)


def _line(text: str, topic: str) -> Line:
    """The same with code in bold; its marks stay for where there is no bold."""
    line = Line(_plain(text, topic))
    line.highlight_regex(_CODE, "lab.name")
    return line
