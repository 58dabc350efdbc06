"""The wire journal: what happened on each connection, as frozen records."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

Dial = Literal["pending", "connected", "refused", "timed out", "unreachable", "unresolved", "given up"]
"""What became of the connect to the upstream. `given up`: the proxy was stopped, or a toxic failed the connection."""

Side = Literal["client", "upstream", "proxy"]

ROOM = 10_000
"""Records that a server keeps, some 6 MB."""


@dataclass(frozen=True, slots=True)
class Way:
    """One direction. Times are seconds since the epoch, or None when nothing came.

    Attributes:
        bytes: that were delivered to the kernel of the receiver's side.
        first, last: when the first and the last bytes came.
    """

    bytes: int
    first: float | None
    last: float | None


@dataclass(frozen=True, slots=True)
class Record:
    """One connection that is over.

    Attributes:
        proxy: its name.
        client: address of the client, `host:port`.
        upstream: the proxy's upstream, as written.
        accepted, closed: seconds since the epoch.
        dial: see `Dial`.
        dialled: seconds that the connect took, or None when it did not succeed.
        up, down: client to upstream, and the other way.
        closed_by: who ended it first; None if the upstream could not be reached.
        how: `fin`, `rst`, or the errno's name; for the proxy why: `disabled`, `toxic NAME`.
    """

    proxy: str
    client: str
    upstream: str
    accepted: float
    closed: float
    dial: Dial
    dialled: float | None
    up: Way
    down: Way
    closed_by: Side | None
    how: str | None


class Journal:
    """The latest records of a server, which may serve for days.

    Args:
        room: how many are kept.

    Attributes:
        let_go: how many older ones made room for them.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._records: deque[Record] = deque(maxlen=room)
        self.let_go = 0

    @property
    def records(self) -> tuple[Record, ...]:
        """Those that are kept, in the order in which the connections ended."""
        return tuple(self._records)

    def add(self, record: Record) -> None:
        """Keep one more."""
        self.let_go += len(self._records) == self._records.maxlen
        self._records.append(record)
