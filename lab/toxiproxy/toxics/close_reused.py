"""close_reused (not in the real server): a keep-alive connection is closed as its next request arrives.

`requests` (at least 1) are served on each connection; the first bytes of the next one are dropped and the connection
is closed, with an RST if `reset` is not 0. A request is what the client sends after an answer has begun to come, so it
belongs on the upstream stream, and a body that is sent after `100 Continue` counts as one more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.toxiproxy.toxics.base import END, Following, Stage, Toxic

if TYPE_CHECKING:
    from lab.toxiproxy.link import Link


class CloseReused(Stage):
    """Counts requests by their turns: data behind data of the other direction."""

    fields = ("requests", "reset")
    struct = "CloseReusedToxic"

    def __init__(self, toxic: Toxic, link: Link) -> None:
        super().__init__(toxic, link)
        self._answered = -1
        self._seen = 0

    def step(self, following: Following) -> bool:
        moved = False
        while self.inbox and following.takes():
            if self.inbox[0] is not END and (came := self.link.other.received) != self._answered:
                self._answered = came
                self._seen += 1
                if self._seen > max(1, self.attribute("requests")):
                    self._close()
                    return True
            following.put(self.inbox.popleft())
            moved = True
        return moved

    def _close(self) -> None:
        if self.attribute("reset"):
            self.link.reset(f"toxic {self.toxic.name}")
        else:
            self.link.close(f"toxic {self.toxic.name}")
