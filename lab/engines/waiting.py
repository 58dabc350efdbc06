"""Waiting for a condition with a deadline, and for something to be over whatever comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lab.errors import LabError

POLL = 0.001
"""Seconds between two looks at a condition that nothing tells of."""


@asynccontextmanager
async def deadline(seconds: float, what: str, said: Path) -> AsyncIterator[None]:
    """A limit of seconds; when it passes, LabError says `what` and the last line of the file `said`."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise LabError(f"{what} within {seconds:g} s. {last_words(said)}".rstrip(), f"See {said}.", code=3) from None


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that nobody tells of. The caller sets the deadline."""
    while not condition():  # noqa: ASYNC110 - other processes set no events
        await asyncio.sleep(POLL)


def last_words(file: Path, wanted: str = "") -> str:
    """The last line that is not empty (and holds `wanted`), of the last 8 KiB of a log; empty when there is none."""
    try:
        with file.open("rb") as log:
            log.seek(max(0, log.seek(0, 2) - 8192))
            lines = log.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip() and wanted in line), "")


async def to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Do all of the work, also when the caller is cancelled meanwhile, as often as that may be."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
        except Exception:  # the task's own; raised below
            break
    if cancelled:
        raise cancelled
    task.result()
