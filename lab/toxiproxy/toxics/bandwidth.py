"""bandwidth: `rate` kB/s for each connection, 1 kB being 1000 bytes; 0 and less let nothing pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.toxiproxy.toxics.base import END, Chunk, Following, Stage, Toxic

if TYPE_CHECKING:
    from lab.toxiproxy.link import Link

PIECE = 0.1
"""Seconds' worth of bytes in which a large chunk goes."""

CREDIT = 0.05
"""Seconds by which a late timer may be made up for. Idle time gives none."""

GRAIN = 0.001
"""Seconds too short to wait for: they are owed, and paid together."""


class Bandwidth(Stage):
    """Waits before each chunk for as long as its bytes take."""

    fields = ("rate",)
    struct = "BandwidthToxic"

    def __init__(self, toxic: Toxic, link: Link) -> None:
        super().__init__(toxic, link)
        self._owed = 0.0
        self._start: float | None = None
        self._let_go = False

    def step(self, following: Following) -> bool:
        moved = False
        while self.inbox and following.takes():
            item = self.inbox[0]
            if item is not END and not self._let_go:
                data = self._due(item)
                if not data:
                    return moved
                if len(data) < len(item.data):
                    self.inbox[0] = Chunk(item.data[len(data) :], item.at)
                    following.put(Chunk(data, item.at))
                    moved = True
                    continue
            self.inbox.popleft()
            self._start, self._let_go = None, False
            following.put(item)
            moved = True
        return moved

    def change(self) -> None:
        self._let_go, self._owed, self._start = bool(self.inbox), 0.0, None
        super().change()

    def _due(self, item: Chunk) -> bytes:
        """What of a chunk may go now; nothing while it has to wait."""
        rate = self.attribute("rate")
        if rate <= 0:
            return b""
        now = self.link.loop.time()
        if self._start is None:
            self._start = now
            self._owed += len(item.data) / rate / 1000
        piece = int(rate * 1000 * PIECE)
        wait = PIECE if len(item.data) > piece else self._owed
        if wait < GRAIN:
            return item.data
        due = self._start + wait
        if now < due:
            self.wake_at(due)
            return b""
        self._owed -= wait
        self._start = due
        if len(item.data) > piece:
            return item.data[:piece]
        self._owed -= min(now - due, CREDIT)
        return item.data
