"""Log lines: cited by their reference, the long ones shortened to the values that decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from lab.logs.line import Line
from lab.render.console import Hanging, paragraph

SHORTENED = frozenset({"gateway-lab", "app", "client"})
"""The kinds that a view shortens; the others are shown as they were written."""

_LAB_KEYS = ("status", "us", "ua", "rt", "uct", "uht", "urt", "cs", "conn", "rid")
_LAB_VALUE = re.compile(r'(?:^| )([a-z]+)=("[^"]*"|\S*)')
_APP_FIRST = ("level", "event", "method", "path", "status", "ms", "error")
_APP_LEAVE = frozenset({"ts", "at", "hop", "rid", "route", "traceback"})
_CLIENT_FIRST = ("status", "errno", "error", "complete", "bytes", "tcp", "first_byte", "total", "retry_after")


def log_lines(
    lines: Iterable[Line], *, whole: bool = False, mark: str = "", footnote: bool = True
) -> Iterator[RenderableType]:
    """A view of lines, one paragraph each, and a last sentence where some were shortened.

    Args:
        lines: in the order in which they are to be shown.
        whole: show every line as it was written.
        mark: the reference of a line that is pointed at.
        footnote: add that sentence.
    """
    shortened = False
    for line in lines:
        short = line.kind in SHORTENED and not whole and bool(line.fields)
        shortened |= short
        pointed = bool(mark) and line.ref == mark
        text = Text.assemble(("> " if pointed else "  ") if mark else "", (line.ref, "lab.ref"), "  ")
        yield Hanging(text + (shorten(line) if short else _as_written(line)), indent=6 if mark else 4)
    if shortened and footnote:
        yield Text("")
        yield paragraph("Lines may be shortened to what decides; `lab logs REF` shows one as written.", indent=0)


def shorten(line: Line) -> Text:
    """The decisive values of a line of one of the kinds in `SHORTENED`."""
    text = Text(_clock(line.fields.get("at")))
    if line.kind == "gateway-lab":
        found = dict(_LAB_VALUE.findall(line.text))  # as written: `-`, `""` and several values stay visible
        _say(text, "", f"{line.fields.get('method')} {line.fields.get('path')}")
        for key in _LAB_KEYS:
            if key in found and (key != "cs" or found[key] != "-"):
                _say(text, key, found[key])
        _truncation(text, line)
        return text
    if line.kind == "client":
        _say(text, "", f"{line.fields.get('actor')} {line.fields.get('method')} {line.fields.get('path')}")
        for key in (*_CLIENT_FIRST, "rid"):
            if key == "status" or (line.fields.get(key) is not None and (key != "complete" or not line.fields[key])):
                _say(text, key, line.fields.get(key))
        return text
    rest = [key for key in line.fields if key not in _APP_FIRST and key not in _APP_LEAVE]
    for key in (*_APP_FIRST, *rest, "rid"):
        if line.fields.get(key) is not None:
            _say(text, "" if key in ("level", "event", "method", "path") else key, line.fields[key])
    if trace := line.fields.get("traceback"):
        _say(text, "traceback", f"({len(str(trace).strip().splitlines())} lines)")
    return text


def _truncation(text: Text, line: Line) -> None:
    """Bytes sent and promised, where they differ: the only trace of a body that was cut off."""
    sent, promised = line.fields.get("bytes"), line.fields.get("cl")
    if promised is not None and sent != promised:
        _say(text, "bytes", sent)
        _say(text, "cl", promised)


def _say(text: Text, key: str, what: Any) -> None:
    said = "-" if what is None else _number(what) if isinstance(what, float) else str(what)
    failed = key in ("status", "us") and re.match(r'"?5\d\d', said)
    style = "lab.bad" if failed or (not key and said in ("ERROR", "error")) else ""
    text.append(" " if text.plain else "")
    text.append(f"{key}=" if key else "", "lab.quiet").append(said, style)


def _as_written(line: Line) -> Text:
    text = Text(line.text)
    for decisive in (line.fields.get("message"), line.fields.get("phase")):
        if isinstance(decisive, str) and decisive:
            text.highlight_regex(re.escape(decisive), "lab.name")
    return text


def _number(value: float) -> str:
    """Four decimals at most: phases on a loopback take tenths of milliseconds."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _clock(at: float | None) -> str:
    """Time of day in UTC, to the millisecond."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S.%f")[:-3]
