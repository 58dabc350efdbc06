"""Plain tables: no frame, a bold head, values that wrap instead of being cut."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table


def table(
    rows: Iterable[Mapping[str, Any]],
    columns: Mapping[str, str] | Sequence[str] | None = None,
    *,
    keep: Collection[str] = (),
) -> Table:
    """A table of `rows`.

    Args:
        rows: mappings; what a row lacks is shown as `-`.
        columns: key → heading, or the keys, which then are the headings too; by default all keys of all rows.
        keep: columns whose values are never broken, because people copy them.
    """
    rows = list(rows)
    if columns is None:
        columns = list(dict.fromkeys(key for row in rows for key in row))
    heads = dict(columns) if isinstance(columns, Mapping) else {key: key for key in columns}
    view = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="lab.head")
    for key, head in heads.items():
        numbers = [row.get(key) for row in rows if row.get(key) is not None]
        right = bool(numbers) and all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers)
        view.add_column(head, overflow="fold", no_wrap=key in keep, justify="right" if right else "left")
    for row in rows:
        view.add_row(*(value(row.get(key)) for key in heads))
    return view


def pairs(what: Mapping[str, Any]) -> Table:
    """One value a row, its name before it: for more values than a line holds."""
    view = Table.grid(padding=(0, 2, 0, 0))
    view.add_column(style="lab.name", no_wrap=True)
    view.add_column(overflow="fold")
    for key, one in what.items():
        view.add_row(f"  {key.replace('_', ' ')}", value(one))
    return view


def value(what: Any) -> str:
    """One value as a person reads it: `-` for nothing, `yes`/`no`, three decimals, lists with commas."""
    if what is None or what == "":
        return "-"
    if isinstance(what, bool):
        return "yes" if what else "no"
    if isinstance(what, float):
        return f"{what:.3f}" if abs(what) < 1000 else f"{what:.0f}"
    if isinstance(what, Mapping):
        return ", ".join(f"{key} {value(one)}" for key, one in what.items()) or "-"
    if isinstance(what, list | tuple):
        return ", ".join(value(one) for one in what) or "-"
    return str(what)
