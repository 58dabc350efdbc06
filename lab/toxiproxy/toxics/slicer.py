"""slicer: cuts chunks into pieces of about `average_size` ± `size_variation` bytes, `delay` µs after each.

A chunk is halved until its pieces are small enough, as the real server does it. Sizes with which that one crashes
are harmless here: an average of nothing or less is a whole chunk, a negative variation none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lab.toxiproxy.toxics.base import END, Chunk, Following, Item, Stage, Toxic

if TYPE_CHECKING:
    from lab.toxiproxy.link import Link


class Slicer(Stage):
    """Cuts. Removed or changed, it lets the rest of the chunk go in one piece."""

    fields = ("average_size", "size_variation", "delay")
    struct = "SlicerToxic"
    kind = "int"

    def __init__(self, toxic: Toxic, link: Link) -> None:
        super().__init__(toxic, link)
        self._cut: deque[Chunk] = deque()
        self._due = 0.0

    def step(self, following: Following) -> bool:
        moved = False
        while following.takes():
            if not self._cut:
                if not self.inbox:
                    break
                item = self.inbox.popleft()
                moved = True
                if item is END:
                    following.put(END)
                    continue
                self._cut.extend(Chunk(piece, item.at) for piece in self._pieces(item.data))
            delay = self.attribute("delay")
            if delay > 0:
                now = self.link.loop.time()
                if now < self._due:
                    self.wake_at(self._due)
                    return moved
                self._due = now + delay / 1_000_000
            following.put(self._cut.popleft())
            moved = True
        return moved

    def change(self) -> None:
        self._join()
        self._due = 0.0
        super().change()

    def pass_on(self, following: Following) -> bool:
        self._join()
        return super().pass_on(following)

    def release(self) -> Iterable[Item]:
        self._join()
        return super().release()

    def _join(self) -> None:
        """Put the rest of the chunk in hand back in one piece."""
        if self._cut:
            self.inbox.appendleft(Chunk(b"".join(piece.data for piece in self._cut), self._cut[0].at))
            self._cut.clear()

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        average, variation = self.attribute("average_size"), max(0, self.attribute("size_variation"))
        if average <= 0:
            yield data
            return
        todo = [(0, len(data))]
        while todo:
            start, end = todo.pop()
            if end - start - average <= variation or end - start < 2:
                yield data[start:end]
                continue
            middle = start + (end - start) // 2
            if variation:
                middle += self.chance("slicer").randrange(variation * 2) - variation
                middle = min(max(middle, start + 1), end - 1)
            todo += [(middle, end), (start, middle)]
