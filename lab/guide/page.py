"""Pages of the guide as plain data: the terminal and Markdown set them, `--json` prints them.

Texts are plain but for two marks: `code` in backticks, and `[words](topic)`, which points at another page, or with
`topic#mechanism` at a cause on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

LINK = re.compile(r"\[([^\]]+)\]\(([a-z0-9-]+)(?:#([a-z0-9-]+))?\)")
"""A reference within a text: its words, the topic, and the mechanism if it points at one."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of short cells."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Commands:
    """Lines to copy: never wrapped."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the decision tree: what one sees, and what it is."""

    text: str
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """A decision tree, read from the left."""

    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """A scenario that plays a cause. `file` is its path in the repository; both are spoilers."""

    codename: str
    level: int
    file: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Something with a name and a few things to say of it, such as a cause.

    Attributes:
        title: its name.
        text: what it is.
        commands: lines to copy, such as a grep.
        said: label → text, in the order in which they are read.
        starts: scenarios that play it.
        anchor: the mechanism's id, where other pages point at it.
    """

    title: str
    text: str = ""
    commands: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    starts: tuple[Start, ...] = ()
    anchor: str = ""


Block = Text | Items | Table | Commands | Tree | Entry


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page; the first one may have no title."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `topic` is what is asked for, such as `502`, `111` or `checklist`."""

    topic: str
    title: str
    sections: tuple[Section, ...]


def as_data(what: Any) -> Any:
    """A page as JSON can hold it; each block says its kind."""
    if isinstance(what, Text | Items | Table | Commands | Tree | Entry):
        return {"kind": type(what).__name__.lower()} | _fields(what)
    if is_dataclass(what):
        return _fields(what)
    if isinstance(what, tuple):
        return [as_data(one) for one in what]
    return what


def _fields(what: Any) -> dict[str, Any]:
    return {field.name: as_data(getattr(what, field.name)) for field in fields(what)}
