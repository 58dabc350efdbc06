"""A ladder diagram: one request on its way through the hops, downwards in time."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

_ORDER = ("client", "edge", "gateway", "network", "api", "database", "payments")
_TIME = 10
_PLAIN = str.maketrans({"│": "|", "─": "-", "▶": ">", "◀": "<", "●": "*"})


def ladder(events: Sequence[Mapping[str, Any]], *, width: int = 80, ascii_only: bool = False) -> str:
    """The diagram as text.

    Args:
        events: in order of time, each `{at, from, to, what, note}`: seconds since the request left the client,
            two hops (the same one for something that happens inside it), what is said, and a remark or None.
        width: columns to use; not under 40.
        ascii_only: use no line drawing characters.
    """
    hops = sorted({str(e[end]) for e in events for end in ("from", "to")}, key=_place)
    if not hops:
        return ""
    gap = (max(width, 40) - _TIME - 10) // max(1, len(hops) - 1)
    gap = min(gap, 26)
    at = {hop: _TIME + 3 + n * gap for n, hop in enumerate(hops)}
    rows = [_heads(at)]
    for event in events:
        rows += _event(event, at, max(width, 40))
    rows.append(_life(at))
    text = "\n".join("".join(row).rstrip() for row in rows)
    return text.translate(_PLAIN) if ascii_only else text


def _place(hop: str) -> tuple[int, str]:
    kind = re.sub(r"-\d+$", "", hop)
    return (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), hop)


def _heads(at: Mapping[str, int]) -> list[str]:
    row: list[str] = []
    for hop, column in at.items():
        _put(row, max(_TIME, column - len(hop) // 2), hop)
    return row


def _life(at: Mapping[str, int]) -> list[str]:
    row: list[str] = []
    for column in at.values():
        _put(row, column, "│")
    return row


def _event(event: Mapping[str, Any], at: Mapping[str, int], width: int) -> list[list[str]]:
    """The rows of one event: a free one, what is said, the arrow under it, the remark."""
    start, end = at[str(event["from"])], at[str(event["to"])]
    if start == end:
        rows = _beside(str(event["what"]), start, at, width, "●")
        timed = rows[0]
    else:
        left, right = min(start, end), max(start, end)
        rows = _between(str(event["what"]), left, right, at)
        timed = _life(at)
        _put(timed, left + 1, "─" * (right - left - 1))
        _put(timed, end - 1 if end > start else end + 1, "▶" if end > start else "◀")
        rows.append(timed)
    _put(timed, 0, f"{event['at']:7.3f} s")
    if note := event.get("note"):
        rows += _beside(f"({note})", end, at, width, "")
    return [_life(at), *rows]


def _between(said: str, left: int, right: int, at: Mapping[str, int]) -> list[list[str]]:
    """Words above an arrow, between its ends."""
    rows = []
    for words in textwrap.wrap(said, max(10, right - left - 3)):
        row = _life(at)
        _put(row, left + 2, words)
        rows.append(row)
    return rows


def _beside(said: str, column: int, at: Mapping[str, int], width: int, mark: str) -> list[list[str]]:
    """Words beside a hop's line: right of it where there is room, else left of it."""
    room = width - column - 3
    on_right = room >= 24
    rows = []
    for n, words in enumerate(textwrap.wrap(said, room if on_right else min(40, column - _TIME - 3))):
        row = _life(at)
        if n == 0 and mark:
            _put(row, column, mark)
        _put(row, column + 2 if on_right else column - 1 - len(words), words + " " if on_right else words)
        rows.append(row)
    return rows


def _put(row: list[str], column: int, words: str) -> None:
    row.extend(" " * (column + len(words) - len(row)))
    row[column : column + len(words)] = words
