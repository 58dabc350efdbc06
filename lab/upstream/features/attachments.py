"""Attachments: a file for each page of an answer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import BinaryIO

PAGES = 16
_AGAIN = (0.05, 0.1)
"""Seconds after which a file that could not be opened is tried again."""


async def attach(source: Path, into: list[BinaryIO]) -> None:
    """Open the file once for each page. When one can't be opened, those before it are closed; otherwise nobody does it.

    Raises:
        OSError: when one can't be opened, also a moment later.
    """
    opened: list[BinaryIO] = []
    try:
        for _ in range(PAGES):
            opened.append(await _open(source))
    except OSError:
        for file in opened:
            file.close()
        raise
    into.extend(opened)


async def _open(source: Path) -> BinaryIO:
    for wait in _AGAIN:
        try:
            return source.open("rb")
        except OSError:
            await asyncio.sleep(wait)
    return source.open("rb")
