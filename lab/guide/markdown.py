"""Pages as Markdown, for `docs/guide`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lab.guide.page import LINK, Block, Branch, Commands, Entry, Items, Page, Section, Table, Text, Tree

MADE_BY = "<!-- Made by `.venv/bin/python -m lab.guide docs/guide` from signatures and scenarios; do not edit. -->"
"""The first line of each page; a page without it was written by a person and is left alone."""

ROOT = "../.."
"""The repository's root, as seen from a page."""

_CODE = re.compile(r"(`[^`]+`)")


def file_of(topic: str) -> str:
    """The file's name of a topic: `502.md`, `errno-111.md`, `mix.md`."""
    is_errno = topic.isdigit() and not topic.startswith("0") and int(topic) < 200
    return f"errno-{topic}.md" if is_errno else f"{topic}.md"


def markdown(page: Page) -> str:
    """A page as text."""
    parts = [MADE_BY, f"# {page.title}"]
    for section in page.sections:
        parts += _section(section)
    if page.topic != "index":
        parts.append("[The decision tree and all pages](index.md)")
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    if section.title:
        yield f"## {_text(section.title)}"
    for block in section.blocks:
        yield from _block(block, "###" if section.title else "##")


def _block(block: Block, heading: str) -> Iterator[str]:
    if isinstance(block, Text):
        yield _text(block.text)
    elif isinstance(block, Items):
        yield "\n".join(f"- {_text(item)}" for item in block.items)
    elif isinstance(block, Commands):
        yield _commands(block.lines)
    elif isinstance(block, Table):
        yield "\n".join(_table(block))
    elif isinstance(block, Tree):
        yield "\n".join(_branches(block.branches, 0))
    else:
        yield from _entry(block, heading)


def _entry(entry: Entry, heading: str) -> Iterator[str]:
    if entry.anchor:
        yield f'<a id="{entry.anchor}"></a>'
    if entry.title:
        yield f"{heading} {_text(entry.title)}"
    if entry.text:
        yield _text(entry.text)
    if entry.commands:
        yield _commands(entry.commands)
    said = [f"- **{label}** {_text(text)}" for label, text in entry.said]
    said += [
        f"- **start it** [`lab start {start.codename}`]({ROOT}/{start.file}) (level {start.level})"
        for start in entry.starts
    ]
    if said:
        yield "\n".join(said)


def _commands(lines: tuple[str, ...]) -> str:
    return "\n".join(["```sh", *lines, "```"])


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(table.heads)} |"
    yield f"|{'---|' * len(table.heads)}"
    for row in table.rows:
        yield f"| {' | '.join(_text(cell).replace('|', chr(92) + '|') for cell in row)} |"


def _branches(branches: tuple[Branch, ...], depth: int) -> Iterator[str]:
    for branch in branches:
        yield f"{'  ' * depth}- {_text(branch.text)}"
        yield from _branches(branch.branches, depth + 1)


def _text(text: str) -> str:
    """A text with its links resolved; what Markdown would take for a mark of its own is escaped outside of code."""
    linked = LINK.sub(lambda found: f"[{found[1]}]({file_of(found[2])}{f'#{found[3]}' if found[3] else ''})", text)
    parts = _CODE.split(linked)
    return "".join(part if n % 2 else re.sub(r"([<*])", r"\\\1", part) for n, part in enumerate(parts))
