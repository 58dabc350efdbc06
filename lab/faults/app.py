"""Faults inside the shop, switched on through its admin listener; `lab/upstream/faults` has what they really do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from lab.catalog.model import Model
from lab.engines.base import Stack


class AppFault(Model):
    """What the faults of the shop have in common: a hop, and one call to switch them on or off.

    Their other fields are what the shop is told. It checks them, for it knows its routes and features.
    """

    name: ClassVar[str]
    needs: ClassVar[frozenset[str]] = frozenset({"app-faults"})

    hop: str

    @property
    def kills(self) -> tuple[str, ...]:
        return ()

    def parameters(self, stack: Stack) -> Mapping[str, Any]:
        """What the shop is told besides the fault's name."""
        return self.model_dump(exclude={"hop"})

    def told(self, stack: Stack) -> Mapping[str, Any]:
        """What the shop is told."""
        return {"name": self.name, **self.parameters(stack)}

    async def inject(self, stack: Stack) -> None:
        await stack.hop(self.hop).control("POST", "/faults", self.told(stack))

    async def restore(self, stack: Stack) -> None:
        await stack.hop(self.hop).control("DELETE", f"/faults/{self.name}")


class Deadly(AppFault):
    """A fault of which the process dies.

    It is armed anew in every process that the service manager starts, so it stands until it is restored.
    """

    needs: ClassVar[frozenset[str]] = frozenset({"app-faults", "signals"})

    @property
    def kills(self) -> tuple[str, ...]:
        return (self.hop,)

    async def inject(self, stack: Stack) -> None:
        hop = stack.hop(self.hop)
        hop.expect_death(True)
        hop.arm(self.told(stack))
        await super().inject(stack)

    async def restore(self, stack: Stack) -> None:
        hop = stack.hop(self.hop)
        hop.arm(None)
        await hop.settle()
        await super().restore(stack)
        hop.expect_death(False)


class Deployed(AppFault):
    """A fault that comes with a deploy: the process is stopped, and started with it. It goes with another one."""

    needs: ClassVar[frozenset[str]] = frozenset({"app-faults", "signals"})

    @property
    def kills(self) -> tuple[str, ...]:
        return (self.hop,)

    async def inject(self, stack: Stack) -> None:
        stack.hop(self.hop).arm(self.told(stack))
        await self._deploy(stack)

    async def restore(self, stack: Stack) -> None:
        stack.hop(self.hop).arm(None)
        await self._deploy(stack)

    async def _deploy(self, stack: Stack) -> None:
        await stack.hop(self.hop).stop()
        await stack.hop(self.hop).start()


class Die(Deadly):
    """The process sends itself a signal each time it has read a request of that route."""

    name: ClassVar[str] = "die"

    route: str
    signal: str = "SIGKILL"


class Slow(AppFault):
    """One route's handler takes so many times the gateway's read timeout longer."""

    name: ClassVar[str] = "slow"

    route: str
    of_read_timeout: float = Field(gt=0, le=10)

    def parameters(self, stack: Stack) -> Mapping[str, Any]:
        return {"route": self.route, "seconds": self.of_read_timeout * float(stack.conf["read_timeout"])}


class Maintenance(AppFault):
    """The shop's own maintenance switch: 503 with Retry-After (seconds) on all routes but the health check."""

    name: ClassVar[str] = "maintenance"

    retry_after: int = Field(gt=0)


class Uncaught(AppFault):
    """What the shop catches on that route and answers for with 503 or 504 comes out as it was raised."""

    name: ClassVar[str] = "uncaught"

    route: str


class OtherKey(AppFault):
    """Payments wants another key than the shop has."""

    name: ClassVar[str] = "other-key"

    hop: str = "payments"
    says: str = "the key is not valid"


class OtherAnswer(AppFault):
    """Good answers of that route are a web page (`page`), are `cut` in the middle, or use other names (`renamed`)."""

    name: ClassVar[str] = "other-answer"

    hop: str = "payments"
    route: str = "charges"
    shape: str


class Unset(Deployed):
    """The process is started without the variable of its environment that a route's handler reads."""

    name: ClassVar[str] = "unset"

    route: str
