"""slow_close: the end of the stream, and only that, comes `delay` ms later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.toxiproxy.toxics.base import END, Following, Stage, Toxic

if TYPE_CHECKING:
    from lab.toxiproxy.link import Link


class SlowClose(Stage):
    """Holds the end back. A change starts the wait again."""

    fields = ("delay",)
    struct = "SlowCloseToxic"

    def __init__(self, toxic: Toxic, link: Link) -> None:
        super().__init__(toxic, link)
        self._due: float | None = None

    def begin(self) -> None:
        self._due = None

    def step(self, following: Following) -> bool:
        moved = False
        while self.inbox and following.takes():
            if self.inbox[0] is END:
                now = self.link.loop.time()
                if self._due is None:
                    self._due = now + max(0, self.attribute("delay")) / 1000
                if now < self._due:
                    self.wake_at(self._due)
                    return moved
            following.put(self.inbox.popleft())
            moved = True
        return moved
