from __future__ import annotations

from typing import Any

from lab.render.brief import brief

TEXT = """\
This system is broken
on purpose.

# silver-anchor

## The system

    client -> gateway (nginx) -> api-1 (the shop) -> payments and more, on a line that is longer than eighty columns

| log | what it is |
|---|---|
| gateway/error.log | nginx, level info |

- `lab logs` shows the **mix**,
  and more of it that runs on until it does not fit into one line of a terminal any more
- second
"""


def shown(printed: Any) -> list[str]:
    return [row.rstrip() for row in printed(brief(TEXT)).splitlines()]


def test_paragraphs_flow_and_headings_lose_their_marks(printed: Any) -> None:
    rows = shown(printed)
    assert rows[:4] == ["This system is broken on purpose.", "", "silver-anchor", ""]
    assert "The system" in rows


def test_there_is_one_free_row_where_the_source_has_several(printed: Any) -> None:
    rows = [row.rstrip() for row in printed(brief("one\n\n\n\ntwo\n")).splitlines()]
    assert rows[:3] == ["one", "", "two"]


def test_code_is_not_wrapped(printed: Any) -> None:
    assert any(row.startswith("    client ->") and row.endswith("eighty columns") for row in shown(printed))


def test_tables_are_tables_without_bars(printed: Any) -> None:
    rows = shown(printed)
    at = next(n for n, row in enumerate(rows) if row.startswith("log "))
    assert rows[at + 1].split("  ")[0] == "gateway/error.log"
    assert not any("|" in row for row in rows)


def test_items_hang_and_code_keeps_its_marks(printed: Any) -> None:
    rows = shown(printed)
    at = next(n for n, row in enumerate(rows) if row.startswith("- `lab logs` shows the mix, and more"))
    assert rows[at + 1].startswith("  ")
    assert rows[at + 2] == "- second"
