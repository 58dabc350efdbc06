"""limit_data: exactly `bytes` bytes of the stream pass, then both sides are closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.toxiproxy.toxics.base import END, Chunk, Following, Stage, Toxic

if TYPE_CHECKING:
    from lab.toxiproxy.link import Link


class LimitData(Stage):
    """Counts from when it was added; a change keeps the count."""

    fields = ("bytes",)
    struct = "LimitDataToxic"

    def __init__(self, toxic: Toxic, link: Link) -> None:
        super().__init__(toxic, link)
        self.passed = 0

    def step(self, following: Following) -> bool:
        moved = False
        while self.inbox and following.takes():
            item = self.inbox.popleft()
            moved = True
            if item is END:
                following.put(END)
                continue
            data = item.data[: max(0, self.attribute("bytes") - self.passed)]
            self.passed += len(data)
            if data:
                following.put(Chunk(data, item.at))
            if self.passed >= self.attribute("bytes"):
                self.reached()
                break
        return moved

    def reached(self) -> None:
        """What happens at the limit."""
        self.link.end_behind(self)
