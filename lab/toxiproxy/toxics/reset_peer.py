"""reset_peer: the first data or end of its stream are dropped, and `timeout` ms later both sides get an RST.

The RST is for connections that were opened while the toxic was there, as with the real server; older ones get a FIN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.toxiproxy.toxics.base import Following, Stage, Toxic

if TYPE_CHECKING:
    from lab.toxiproxy.link import Link


class ResetPeer(Stage):
    """Waits for something to drop. Removed while it waits, it ends the connection at once, as bytes are missing."""

    fields = ("timeout",)
    struct = "ResetToxic"
    resets = True

    def __init__(self, toxic: Toxic, link: Link) -> None:
        super().__init__(toxic, link)
        self._struck = False
        self._due = 0.0

    def begin(self) -> None:
        self._due = self.link.loop.time() + max(0, self.attribute("timeout")) / 1000

    def takes(self) -> bool:
        return not self._struck and super().takes()

    def move(self, following: Following) -> bool:
        # Once it has dropped something, a draw that spares the connection can't make it whole again.
        return self.step(following) if self.active or self._struck else self.pass_on(following)

    def step(self, following: Following) -> bool:
        moved = False
        if self.inbox and not self._struck:
            self._struck = moved = True
            self.inbox.clear()
            self.begin()
        if self._struck:
            if self.link.loop.time() >= self._due:
                self.link.end_behind(self)
                return True
            self.wake_at(self._due)
        return moved

    def ends(self) -> bool:
        return self._struck
