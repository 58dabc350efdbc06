"""The spool: price lists lie there while they are looked through, within a quota."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.upstream.call import Refused

QUOTA = 4 * 1024 * 1024
"""Bytes that all price lists together may take."""


class Spool:
    """A folder, which is made when something is put into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def used(self) -> int:
        """Bytes that lie there."""
        return sum(path.stat().st_size for path in self.folder.glob("*.csv"))

    @contextmanager
    def holding(self, body: bytes) -> Iterator[Path]:
        """Have a price list lie there.

        Raises:
            Refused: 507 when the quota does not allow it.
            OSError: when it can't be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        used = self.used()
        if used + len(body) > QUOTA:
            raise Refused(507, f"the spool holds {used} of {QUOTA} bytes, {len(body)} more do not fit")
        path = self.folder / f"{uuid.uuid4().hex}.csv"
        path.write_bytes(body)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)
