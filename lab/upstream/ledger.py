"""The ledger: one line for everything that is about to change, written before it does."""

from __future__ import annotations

import os
from pathlib import Path

from lab.upstream.call import Call


class Ledger:
    """A file beside the database, opened for each line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, call: Call, what: str) -> None:
        """Append a line.

        Raises:
            OSError: when it can't be written; nothing may be changed then.
        """
        fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.write(fd, f"{call.rid} {call.user} {what}\n".encode())
        finally:
            os.close(fd)
