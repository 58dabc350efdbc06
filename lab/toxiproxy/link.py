"""One direction of one connection with its chain of toxics; the relay's fast path while there is none."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable
from typing import Protocol

from lab.toxiproxy.ends import Ends
from lab.toxiproxy.relay import Relay
from lab.toxiproxy.toxics.base import END, Chunk, Item, Stage, Toxic

CHUNK = 1 << 15
"""Bytes of one read, as with the real server: a toxic sees no more at once."""

BURST = 8
"""Reads in a row before others have their turn."""


class Owner(Ends, Protocol):
    """The connection that a link belongs to."""

    def chance(self, toxic: str, purpose: str) -> random.Random:
        """This connection's generator for a toxic's purpose."""
        ...

    def ended_by(self, why: str) -> None:
        """The proxy itself ends the connection."""
        ...

    def abort(self, why: str, *, reset: bool = False) -> None:
        """Close both sockets now."""
        ...


class Link(Relay):
    """Reads a chunk at a time and moves it along the stages as far as they let it.

    Attributes:
        other: the link of the other direction.
    """

    other: Link

    def __init__(self, source: socket.socket, sink: socket.socket, owner: Owner, timed: bool = False) -> None:
        super().__init__(source, sink, owner, timed)
        self._owner = owner
        self._stages: tuple[Stage, ...] = ()
        self._moving = False
        self._again = False

    @property
    def chance(self) -> Callable[[str, str], random.Random]:
        """(toxic, purpose) → the connection's generator for it."""
        return self._owner.chance

    def add(self, toxic: Toxic) -> None:
        """A toxic more, at the end of the chain."""
        if self.done or self._end_follows:
            return
        stage = toxic.stage(toxic, self)
        stage.draw()
        self._rearrange((*self._stages, stage))
        if stage.active:
            stage.begin()
        self.pump()

    def change(self, toxic: Toxic) -> None:
        """A toxic has other settings."""
        for stage in self._stages:
            if stage.toxic is toxic:
                stage.change()
                self.pump()

    def remove(self, toxic: Toxic) -> None:
        """A toxic less; what it holds goes on at once and in order."""
        for index, stage in enumerate(self._stages):
            if stage.toxic is toxic:
                if stage.ends():
                    self.end_behind(stage)
                else:
                    following = self._following(index)
                    for item in stage.release():
                        following.put(item)
                    self._rearrange(tuple(one for one in self._stages if one is not stage))
                self.pump()
                return

    def end_behind(self, stage: Stage) -> None:
        """The stage ends the stream: the rest of the chain gets the end, and what is in front is cut off unread."""
        index = self._stages.index(stage)
        self._owner.ended_by(f"toxic {stage.toxic.name}")
        self.listen(False)
        self.over = True
        following = self._following(index)
        for one in self._stages[: index + 1]:
            one.cancel()
        self._rearrange(self._stages[index + 1 :])
        following.put(END)

    def reset(self, why: str) -> None:
        """Both sides get an RST now."""
        self._owner.abort(why, reset=True)

    def close(self, why: str) -> None:
        """Both sides are closed now."""
        self._owner.abort(why)

    def enter(self, item: Item) -> None:
        self._following(-1).put(item)
        self.pump()

    def abandon(self) -> None:
        super().abandon()
        for stage in self._stages:
            stage.cancel()
        self._rearrange(())

    def drained(self) -> None:
        self.pump()

    def pump(self) -> None:
        """Move everything that may move, then read on if the chain has room."""
        if self._moving:
            self._again = True
            return
        self._moving = True
        try:
            while self._sweep():
                pass
        finally:
            self._moving = False
        if not self.over:
            self.listen(self._following(-1).takes())

    def _sweep(self) -> bool:
        """Each stage moves once; whether it is worth another time."""
        self._again = False
        stages = self._stages
        for index, stage in enumerate(stages):
            if stage.move(self._following(index)):
                self._again = True
            if stages is not self._stages:
                return True  # the chain has changed under way
        return self._again and bool(stages)

    def _following(self, index: int) -> Stage | Link:
        """What comes behind a stage; -1 is in front of the first."""
        return self._stages[index + 1] if index + 1 < len(self._stages) else self

    def _rearrange(self, stages: tuple[Stage, ...]) -> None:
        if bool(stages) is not bool(self._stages):
            reading = self._reading
            self.listen(False)
            self._on_readable = self._take if stages else self._pass
            self.listen(reading)
        self._stages = stages

    def _take(self) -> None:
        """Read chunks into the chain, as long as it has room and there is much to read."""
        for _ in range(BURST):
            data = self._read(self._receive, CHUNK)
            if not data:
                return
            self.received += len(data)
            if self._timed:
                self.stamp()
            self._stages[0].put(Chunk(data, self.loop.time()))
            self.pump()
            if len(data) < CHUNK or not self._reading or not self._stages:
                return
