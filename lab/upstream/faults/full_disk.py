"""The disk is full."""

from __future__ import annotations

import os
from pathlib import Path

from lab.upstream.faults.base import Application, Fault, shop_of
from lab.upstream.faults.params import BadParams, Params

FULL = Path("/dev/full")
"""A device on which every write fails with ENOSPC (full(4))."""
HOLDS = ("data", "data-and-log")


class FullDisk(Fault):
    """`holds`: what is on it: the ledger, into which every change is written first, or the log too."""

    name = "full-disk"

    def __init__(self, params: Params, application: Application) -> None:
        _, files = shop_of(application, self.name)
        if not FULL.is_char_device():
            raise BadParams(f"{self.name}: this system has no {FULL}")
        self._log = params.choice("holds", HOLDS) == "data-and-log"
        self._journal = application.journal
        self._ledger = files.ledger.path
        self._kept = self._ledger.with_suffix(".kept")
        self._fd: int | None = None

    def put_in(self) -> None:
        """Nothing more can be written."""
        if self._ledger.exists():
            self._ledger.rename(self._kept)
        self._ledger.symlink_to(FULL)
        if self._log:
            self._fd = os.open(FULL, os.O_WRONLY | os.O_CLOEXEC)
            self._journal.to(self._fd)

    def taken_out(self) -> None:
        """There is room again."""
        self._ledger.unlink()
        if self._kept.exists():
            self._kept.rename(self._ledger)
        if self._fd is not None:
            self._journal.to(None)
            os.close(self._fd)
            self._fd = None
