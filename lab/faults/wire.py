"""Faults of the shop that are seen on the wire: what it does with connections, and with the bytes of its answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from lab.engines.base import Stack
from lab.errors import LabError
from lab.faults.app import AppFault, Deadly


class BreakOff(AppFault):
    """Good answers of one route break off.

    `at` says where: at the `start`, in the `header`, in the `body` after that `share` of it, or likewise in the middle
    of a chunk (`chunks`). `by` says how: the connection is closed (`fin`) or reset, or nothing more comes.
    """

    name: ClassVar[str] = "break-off"

    route: str
    at: Literal["start", "header", "body", "chunks"]
    by: Literal["fin", "reset", "stall"]
    share: float = Field(0.5, ge=0, lt=1)


class DieSending(Deadly):
    """The process dies of SIGKILL after so large a share of an answer's body."""

    name: ClassVar[str] = "die-sending"

    route: str
    share: float = Field(0.5, ge=0, lt=1)


class Garble(AppFault):
    """One route is answered in the words of another protocol."""

    name: ClassVar[str] = "garble"

    route: str
    speaks: str


class Dribble(AppFault):
    """One route's header is sent line by line, which takes so many times the gateway's read timeout."""

    name: ClassVar[str] = "dribble"

    route: str
    of_read_timeout: float = Field(gt=0, le=10)

    def parameters(self, stack: Stack) -> Mapping[str, Any]:
        return {"route": self.route, "seconds": self.of_read_timeout * float(stack.conf["read_timeout"])}


class PaddedName(AppFault):
    """One route's answers have a header with zero bytes in its name."""

    name: ClassVar[str] = "padded-name"

    route: str
    header: str


class PileOfCookies(AppFault):
    """One route's answers set so many cookies, of about 100 bytes each, for one path in `every`."""

    name: ClassVar[str] = "pile-of-cookies"

    route: str
    every: int = Field(ge=1)
    cookies: int = Field(ge=1)


class StopReading(AppFault):
    """The bodies of one route's requests are not read."""

    name: ClassVar[str] = "stop-reading"

    route: str


class ConnectionLimit(AppFault):
    """Connections of an address that makes more than so many in a second are reset as they are accepted."""

    name: ClassVar[str] = "connection-limit"

    most: int = Field(ge=0)


class HangUpReused(AppFault):
    """After every so many-th answer the connection is kept, and closed when it is used again."""

    name: ClassVar[str] = "hang-up-reused"

    every: int = Field(1, ge=1)


class Doomed(Deadly):
    """A fault of which every process dies some time after it was started, whatever it is asked."""

    async def restore(self, stack: Stack) -> None:
        hop = stack.hop(self.hop)
        hop.arm(None)
        # The process that runs now may still have it, and may die of it while it is told; the next one has not.
        for last in (False, True):
            await hop.settle()
            try:
                await AppFault.restore(self, stack)
                break
            except LabError:
                if last:
                    raise
        hop.expect_death(False)


class Deadlock(Doomed):
    """`after` seconds after its start the process stops doing anything, and `patience` later a watchdog kills it."""

    name: ClassVar[str] = "deadlock"

    after: float = Field(ge=0)
    patience: float = Field(gt=0)


class FailingCheck(Doomed):
    """`after` seconds after its start the process exits with code 1."""

    name: ClassVar[str] = "failing-check"

    after: float = Field(ge=0)
