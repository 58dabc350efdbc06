"""What a toxic is: its settings, and the stage that it is on each connection.

A stage has an inbox. `step` moves what may go on into the following stage and never waits: what has to wait stays in
the inbox, and a timer calls the link again. So a toxic can be removed at any moment, and what it holds goes on in
order.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from lab.toxiproxy.link import Link


class Chunk(NamedTuple):
    """Bytes of one read (at most 32 KiB), and when they came (seconds on the loop's clock)."""

    data: bytes
    at: float


END: Final = None
"""The end of a stream, as an item behind its chunks."""

Item = Chunk | None

SPIN = 0.001
"""Waits shorter than this many seconds are not left to the loop's timers, which are that coarse."""


class Following(Protocol):
    """Where a stage puts what leaves it: the next stage, or the socket."""

    def takes(self) -> bool:
        """Whether it is ready for an item. `put` works in any case; this is how stages hold back."""
        ...

    def put(self, item: Item) -> None:
        """Take an item."""
        ...


class Toxic:
    """The settings of one toxic.

    Attributes:
        name, type, stream: as given; `stream` may be in any case.
        toxicity: the part of the connections that it acts on.
        attributes: by name; every one of its type is there.
        stage: the class of its stages.
        opened: connections that were opened while it was there.
    """

    def __init__(
        self, name: str, type: str, stream: str, toxicity: float, attributes: Mapping[str, int], stage: type[Stage]
    ) -> None:
        self.name = name
        self.type = type
        self.stream = stream
        self.toxicity = toxicity
        self.attributes = dict(attributes)
        self.stage = stage
        self.opened = 0

    @property
    def upstream(self) -> bool:
        """Whether it acts on what clients send."""
        return self.stream.lower() == "upstream"


class Stage:
    """One toxic on one direction of one connection. As it stands, it passes everything on.

    Attributes:
        fields: its attributes.
        struct, kind: how errors of the API call it and its attributes.
        capacity: how many items it takes before it holds back.
        resets: whether connections opened under it end with an RST, whatever closes them.
        active: whether this connection was drawn; otherwise everything passes.
    """

    fields: ClassVar[tuple[str, ...]] = ()
    struct: ClassVar[str] = "NoopToxic"
    kind: ClassVar[str] = "int64"
    capacity: ClassVar[int] = 1
    resets: ClassVar[bool] = False

    def __init__(self, toxic: Toxic, link: Link) -> None:
        self.toxic = toxic
        self.link = link
        self.inbox: deque[Item] = deque()
        self.active = False
        self._timer: asyncio.Handle | None = None
        self._generators: dict[str, random.Random] = {}

    @classmethod
    def refuses(cls, toxic: Toxic) -> bool:
        """Whether a connection that is just being opened is closed before anything else."""
        return False

    def attribute(self, name: str) -> int:
        """An attribute's value."""
        return self.toxic.attributes[name]

    def chance(self, purpose: str) -> random.Random:
        """This connection's generator for a purpose."""
        if purpose not in self._generators:
            self._generators[purpose] = self.link.chance(self.toxic.name, purpose)
        return self._generators[purpose]

    def draw(self) -> None:
        """Decide whether the toxic acts on this connection."""
        toxicity = self.toxic.toxicity
        self.active = toxicity >= 1 or (toxicity > 0 and self.chance("toxicity").random() < toxicity)

    def begin(self) -> None:
        """The stage is in its place, or its toxic has changed: start afresh."""

    def change(self) -> None:
        """The toxic was changed. What is waiting goes on at once where the real server does so."""
        self.draw()
        self.cancel()
        if self.active:
            self.begin()

    def takes(self) -> bool:
        return len(self.inbox) < self.capacity

    def put(self, item: Item) -> None:
        self.inbox.append(item)

    def move(self, following: Following) -> bool:
        """Pass on what may go; whether anything was moved."""
        return self.step(following) if self.active else self.pass_on(following)

    def step(self, following: Following) -> bool:
        """As `move`, where the toxic acts."""
        return self.pass_on(following)

    def pass_on(self, following: Following) -> bool:
        """Hand on whatever is there."""
        moved = False
        while self.inbox and following.takes():
            following.put(self.inbox.popleft())
            moved = True
        return moved

    def release(self) -> Iterable[Item]:
        """The toxic is removed: what is still here, in order, to go on at once."""
        self.cancel()
        return self.inbox

    def ends(self) -> bool:
        """Whether removing the toxic ends the connection."""
        return False

    def wake_at(self, due: float) -> None:
        """Have the link call `move` again at that time (loop's clock)."""
        if self._timer is None:
            self._arm(due)

    def cancel(self) -> None:
        """Forget the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, due: float) -> None:
        loop = self.link.loop
        if due - loop.time() < SPIN:
            self._timer = loop.call_soon(self._fire, due)
        else:
            self._timer = loop.call_at(due, self._fire, due)

    def _fire(self, due: float) -> None:
        if self.link.loop.time() < due:
            self._arm(due)
            return
        self._timer = None
        self.link.pump()
