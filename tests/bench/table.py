"""The figures as a table, for a terminal and for the README."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from figure import Figure

HEADINGS = ("what", "median", "least … greatest", "floor, measured in the same run", "ratio")


def _rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    return [(f.what, f.value, f.spread, f.floor_value, f.ratio) for f in figures]


def as_table(figures: Sequence[Figure], machine: str) -> Table:
    """For a terminal."""
    table = Table(*HEADINGS, caption=machine)
    for row in _rows(figures):
        table.add_row(*(cell.replace("`", "") for cell in row))
    return table


def as_markdown(figures: Sequence[Figure], machine: str) -> str:
    """For the README."""
    lines = [f"Measured by `make bench` on {machine}.", ""]
    for row in (HEADINGS, ("---",) * len(HEADINGS), *_rows(figures)):
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)
