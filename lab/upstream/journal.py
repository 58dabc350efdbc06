"""The application's log: one JSON object a line, in the file before the call returns."""

from __future__ import annotations

import contextlib
import json
import os
from datetime import UTC, datetime
from typing import Any


class Journal:
    """Writes `app.log`.

    Lines are written unbuffered, each with one `write` to a descriptor in append mode: a process that dies
    loses none, and two processes can share a file. A log that can't be written (a full disk) never fails a
    request; the first failure is reported on stderr, and again only after a success.

    Args:
        path: the file; it is made when it is missing.
        hop: what the lines carry as `hop`.

    Raises:
        OSError: when the file cannot be opened.
    """

    def __init__(self, path: str, hop: str) -> None:
        self._path = path
        self._hop = hop
        self._file = self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._failing = False
        self._torn = False
        self._block = 0
        self._held = b""

    def write(self, event: str, *, level: str = "info", **fields: Any) -> None:
        """Append one line: `ts` (RFC 3339, UTC, milliseconds), `level`, `hop`, `event`, then the fields."""
        ts = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"ts": ts, "level": level, "hop": self._hop, "event": event, **fields}, default=str)
        self._held += f"{line}\n".encode()
        if len(self._held) >= self._block:
            self._flush()

    def to(self, descriptor: int | None) -> None:
        """From now on lines go to that descriptor; None: to the file again."""
        self._flush()
        self._fd = self._file if descriptor is None else descriptor
        self._failing = self._torn = False

    def in_blocks(self, size: int) -> None:
        """Keep lines back until there are so many bytes of them, as a buffered stream does; 0: none."""
        self._block = size
        if not size:
            self._flush()

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _flush(self) -> None:
        if not self._held:
            return
        # After a write that the disk cut short, the next line must not continue the torn one.
        data, self._held = (b"\n" if self._torn else b"") + self._held, b""
        try:
            written = os.write(self._fd, data)
        except OSError as error:
            self._complain(error)
            return
        self._torn = written < len(data)
        self._failing = False

    def _complain(self, error: OSError) -> None:
        if not self._failing:
            self._failing = True
            with contextlib.suppress(OSError):
                os.write(2, f"{self._hop}: cannot write {self._path}: {error}\n".encode())
