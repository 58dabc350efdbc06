"""timeout: drops everything, and closes both sides `timeout` ms after the last of it; 0 and less never close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.toxiproxy.toxics.base import END, Following, Stage, Toxic

if TYPE_CHECKING:
    from lab.toxiproxy.link import Link


class Timeout(Stage):
    """Drops data. An end passes at once, and removing the toxic ends the connection, as bytes may be missing."""

    fields = ("timeout",)
    struct = "TimeoutToxic"

    def __init__(self, toxic: Toxic, link: Link) -> None:
        super().__init__(toxic, link)
        self._due: float | None = None

    def begin(self) -> None:
        timeout = self.attribute("timeout")
        self._due = self.link.loop.time() + timeout / 1000 if timeout > 0 else None

    def step(self, following: Following) -> bool:
        moved = bool(self.inbox)
        while self.inbox:
            if self.inbox.popleft() is END:
                self.link.end_behind(self)
                return True
            self.begin()
        if self._due is not None:
            if self.link.loop.time() >= self._due:
                self.link.end_behind(self)
                return True
            self.wake_at(self._due)  # a timer that is early for a later end finds out and is set again
        return moved

    def ends(self) -> bool:
        return True
