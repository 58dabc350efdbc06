from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.guide.book import Book
from lab.guide.material import material
from lab.guide.page import Branch, Commands, Entry, Items, Page, Section, Start, Table, Text, Tree
from lab.render.guide import guide

BOOK = Book(material())


def commands(page: Page) -> set[str]:
    """The lines of a page that are never wrapped."""
    blocks = [block for section in page.sections for block in section.blocks]
    lines = [line for block in blocks if isinstance(block, Commands) for line in block.lines]
    return {*lines, *(line for block in blocks if isinstance(block, Entry) for line in block.commands)}


@pytest.mark.parametrize("width", [80, 60])
@pytest.mark.parametrize("topic", BOOK.topics)
def test_a_page_fits_the_terminal(topic: str, width: int, printed: Callable[..., str]) -> None:
    page = BOOK.page(topic)
    whole = commands(page)
    text = printed(guide(page), width)
    assert not [row for row in text.splitlines() if len(row.rstrip()) > width and row.strip() not in whole]
    assert all(line in text for line in whole)


def test_links_name_their_page_unless_it_is_this_one(printed: Callable[..., str]) -> None:
    text = "[It](502#it), [That](504#that), [110](110), [2 ENOENT](2), [timers](timeouts)"
    page = Page("502", "502", (Section("", (Text(text),)),))
    assert "It, That (504), 110, 2 ENOENT, timers (timeouts)" in printed(guide(page))


def test_every_kind_of_block(printed: Callable[..., str]) -> None:
    entry = Entry(
        title="A cause",
        text="What it is.",
        commands=("grep x error.log",),
        said=(("first check", "look"),),
        starts=(Start("grey-heron", 2, "scenarios/gateway/shut.yaml"),),
    )
    blocks = (Text("Words."), Items(("one",)), Commands(("ls",)), Table(("a", "b"), (("x", "y"),)), entry)
    tree = Tree((Branch("no status", (Branch("refused → 111"),)),))
    page = Page("502", "502 Bad Gateway", (Section("", blocks), Section("Tree", (tree,))))
    assert printed(guide(page)).replace(" \n", "\n").splitlines() == [
        "502 Bad Gateway",
        "",
        "Words.",
        "",
        "  - one",
        "",
        "    ls",
        "",
        "a  b",
        "x  y",
        "",
        "  A cause",
        "    What it is.",
        "    grep x error.log",
        "    first check: look",
        "    start it: lab start grey-heron (level 2)",
        "",
        "Tree",
        "",
        "no status",
        "└── refused → 111",
    ]
