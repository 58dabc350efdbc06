"""latency: every chunk leaves at its arrival plus `latency` ± `jitter` ms, in order and with its spacing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.toxiproxy.toxics.base import END, Chunk, Following, Stage, Toxic

if TYPE_CHECKING:
    from lab.toxiproxy.link import Link


class Latency(Stage):
    """Holds chunks until they are due. An end is only delayed behind data; so are later stages' times."""

    fields = ("latency", "jitter")
    struct = "LatencyToxic"
    capacity = 1024

    def __init__(self, toxic: Toxic, link: Link) -> None:
        super().__init__(toxic, link)
        self._due: float | None = None

    def step(self, following: Following) -> bool:
        moved, now = False, self.link.loop.time()
        while self.inbox and following.takes():
            item = self.inbox[0]
            if item is not END:
                if self._due is None:
                    self._due = item.at + self._delay()
                if self._due > now:
                    self.wake_at(self._due)
                    return moved
                item = Chunk(item.data, max(item.at, self._due))
            self.inbox.popleft()
            self._due = None
            following.put(item)
            moved = True
        return moved

    def change(self) -> None:
        waiting = self._due is not None
        super().change()
        self._due = 0.0 if waiting else None  # the one that waits goes at once, the rest is timed anew

    def _delay(self) -> float:
        """Seconds for the next chunk; negative sums are no delay."""
        delay, jitter = self.attribute("latency"), self.attribute("jitter")
        if jitter > 0:
            return max(0.0, delay + self.chance("jitter").uniform(-jitter, jitter)) / 1000
        return max(0, delay) / 1000
