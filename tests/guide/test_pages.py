"""The checked-in pages are those that the catalogue makes, and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab.guide.__main__ import files
from lab.guide.markdown import MADE_BY, file_of, markdown
from lab.guide.page import Branch, Commands, Entry, Items, Page, Section, Start, Table, Text, Tree

DOCS = Path(__file__).parents[2] / "docs" / "guide"
PAGES = files()
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]*)(?:#([^)\s]+))?\)")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_catalogue_makes_it(name: str) -> None:
    path = DOCS / name
    assert path.exists(), "write it: .venv/bin/python -m lab.guide docs/guide"
    assert path.read_text(encoding="utf-8") == PAGES[name], "make them anew: .venv/bin/python -m lab.guide docs/guide"


def test_no_page_is_left_from_before() -> None:
    left = {path.name for path in DOCS.glob("*.md")} - set(PAGES)
    assert not left, "make them anew: .venv/bin/python -m lab.guide docs/guide"


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    for target, anchor in LINK.findall(re.sub(r"```.*?```|`[^`\n]+`(?!\])", "", PAGES[name], flags=re.DOTALL)):
        if target in PAGES:
            assert not anchor or f'<a id="{anchor}"></a>' in PAGES[target], f"{target} has no {anchor}"
        else:
            assert (DOCS / target).resolve().exists(), f"{target} is not there"


def test_the_links_are_there_to_be_followed() -> None:
    text = "".join(PAGES.values())
    assert len(LINK.findall(text)) > 500
    assert "](../../scenarios/gateway/crash-mid-request.yaml)" in text


def test_the_index_warns_that_the_pages_spoil_scenarios() -> None:
    assert "spoil" in PAGES["index.md"]


@pytest.mark.parametrize(
    ("topic", "name"), [("502", "502.md"), ("111", "errno-111.md"), ("009", "009.md"), ("mix", "mix.md")]
)
def test_the_name_of_a_pages_file(topic: str, name: str) -> None:
    assert file_of(topic) == name


def test_markdown() -> None:
    entry = Entry(
        title="A cause",
        text="What <it> is; see [504](504) and `a * b`.",
        commands=("grep x error.log",),
        said=(("first check", "look at [It](502#it)"),),
        starts=(Start("grey-heron", 2, "scenarios/gateway/shut.yaml"),),
        anchor="it",
    )
    page = Page(
        "502",
        "502 Bad Gateway",
        (
            Section("", (Text("It is 2 * 2."), Items(("one", "two")), Commands(("ls",)))),
            Section("Causes", (entry, Table(("a", "b"), (("x|y", "z"),)), Tree((Branch("A", (Branch("B"),)),)))),
        ),
    )
    assert markdown(page) == "\n".join(
        (
            MADE_BY,
            "",
            "# 502 Bad Gateway",
            "",
            r"It is 2 \* 2.",
            "",
            "- one",
            "- two",
            "",
            "```sh",
            "ls",
            "```",
            "",
            "## Causes",
            "",
            '<a id="it"></a>',
            "",
            "### A cause",
            "",
            r"What \<it> is; see [504](504.md) and `a * b`.",
            "",
            "```sh",
            "grep x error.log",
            "```",
            "",
            "- **first check** look at [It](502.md#it)",
            "- **start it** [`lab start grey-heron`](../../scenarios/gateway/shut.yaml) (level 2)",
            "",
            "| a | b |",
            "|---|---|",
            r"| x\|y | z |",
            "",
            "- A",
            "  - B",
            "",
            "[The decision tree and all pages](index.md)",
            "",
        )
    )


def test_the_writer_removes_what_it_made_and_leaves_what_people_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from lab.guide import __main__ as writer

    (tmp_path / "old.md").write_text(f"{MADE_BY}\n\n# Old\n")
    (tmp_path / "own.md").write_text("# By hand\n")
    monkeypatch.setattr(writer, "files", lambda: {"index.md": "new\n"})
    monkeypatch.setattr("sys.argv", ["guide", str(tmp_path)])
    writer.main()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.md", "own.md"]
    assert capsys.readouterr().out.splitlines() == [f"removed {tmp_path / 'old.md'}", f"wrote {tmp_path / 'index.md'}"]
    writer.main()
    assert capsys.readouterr().out == ""
