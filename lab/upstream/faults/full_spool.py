"""Price lists that nobody took away."""

from __future__ import annotations

from pathlib import Path

from lab.upstream.faults.base import Application, Fault, shop_of
from lab.upstream.faults.params import Params
from lab.upstream.spool import QUOTA


class FullSpool(Fault):
    """`lists`: that many of them lie in the spool, and together they take all but a few kB of its quota."""

    name = "full-spool"

    def __init__(self, params: Params, application: Application) -> None:
        _, files = shop_of(application, self.name)
        self._folder = files.spool.folder
        self._lists = params.whole("lists", 1, 1000)
        self._left: list[Path] = []

    def put_in(self) -> None:
        """They are there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, self._lists + 1):
            path = self._folder / f"left-{number:04}.csv"
            path.write_bytes(b"")
            # What counts is their length; nobody has to write it.
            path.open("r+b").truncate((QUOTA - 4096) // self._lists)
            self._left.append(path)

    def taken_out(self) -> None:
        """They are taken away."""
        while self._left:
            self._left.pop().unlink(missing_ok=True)
