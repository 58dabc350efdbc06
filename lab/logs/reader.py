"""Reading a round's files: its logs and its looks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from lab.errors import LabError
from lab.logs.line import Line, Look
from lab.logs.parse import PARSERS, kind_of
from lab.logs.stamp import read_rfc3339


def read_log(ref: str, path: Path) -> tuple[Line, ...]:
    """The lines of one log; none when the file is not there yet.

    A last line without its newline is still being written and is not a line yet. Bytes that are no UTF-8 are
    replaced. Raises LabError when `ref` is no log.
    """
    kind = kind_of(ref)
    parse = PARSERS[kind]
    return tuple(Line(ref, n, text, kind, parse(text)) for n, text in enumerate(_texts(path), start=1))


def read_logs(folder: Path) -> dict[str, tuple[Line, ...]]:
    """All logs below `folder`, the `logs/` of a round, by reference name; other files are passed over."""
    found: dict[str, tuple[Line, ...]] = {}
    for path in sorted(folder.glob("*/*.log")):
        ref = path.relative_to(folder).as_posix()
        try:
            found[ref] = read_log(ref, path)
        except LabError:
            continue
    return found


def read_looks(path: Path) -> tuple[Look, ...]:
    """The looks in `looks.log`; none when nobody looked yet."""
    looks = []
    for n, text in enumerate(_texts(path), start=1):
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if not isinstance(said, dict):
            continue
        at = said.get("at")
        seconds = read_rfc3339(at) if isinstance(at, str) else at
        fields = {key: value for key, value in said.items() if key not in ("n", "at", "what")}
        number = said.get("n")
        looks.append(
            Look(
                n=number if isinstance(number, int) else n,
                what=str(said.get("what", "")),
                fields=fields,
                at=float(seconds) if isinstance(seconds, int | float) else 0.0,
            )
        )
    return tuple(looks)


def line_counts(paths: Mapping[str, Path]) -> dict[str, int]:
    """Reference name → number of whole lines its file has now; 0 for a file that is not there."""
    return {ref: _bytes(path).count(b"\n") for ref, path in paths.items()}


def _texts(path: Path) -> list[str]:
    """The whole lines of a file. Only a newline ends one: logs may hold any other control character."""
    return _bytes(path).decode("utf-8", errors="replace").split("\n")[:-1]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
