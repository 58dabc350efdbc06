"""The mark by which a round's processes can be found, and the name under which `ps` shows them.

A program that is executed carries the mark in its environment. A forked child has the zygote's environment and
arguments in /proc, because those show the memory as it was laid out at exec; so that memory is written over.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

MARK = "LAB_ROUND"
"""The variable that holds the round's name."""

ROOM = 96
"""Bytes that the zygote's own variable has, so that a round's name fits in its place."""

_ARGS, _ENVIRONMENT = (47, 48), (49, 50)  # proc_pid_stat(5): arg_start, arg_end, env_start, env_end, from 0


def relabel(title: str, round_: str) -> None:
    """Show this process as `title` with the mark `round_`. Where there is no /proc, nothing is done."""
    if sys.platform != "linux":
        return
    retitle(f"{title} ({round_})")
    start, end = _bounds(_ENVIRONMENT)
    name = f"{MARK}=".encode()
    place = (b"\0" + ctypes.string_at(start, end - start)).find(b"\0" + name)
    if place >= 0:
        _write(start + place + len(name), round_.encode(), ROOM)


def retitle(title: str) -> None:
    """Show this process as `title`. Where there is no /proc, nothing is done."""
    if sys.platform == "linux":
        start, end = _bounds(_ARGS)
        _write(start, title.encode(), end - start)


def _bounds(which: tuple[int, int]) -> tuple[int, int]:
    """Where a part of the memory that was laid out at exec begins and ends."""
    stat = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace")
    # The second field is the program's name in brackets, which may hold anything.
    fields = ["", "", *stat.rpartition(")")[2].split()]
    return int(fields[which[0]]), int(fields[which[1]])


def _write(at: int, text: bytes, room: int) -> None:
    """Fill `room` bytes with the text, cut to fit, and zeros; the last byte always ends the string."""
    ctypes.memmove(at, text[: room - 1].ljust(room, b"\0"), room)
