"""Faults inside the shop, switched on through its admin listener; `lab/upstream/faults` has what they really do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from lab.catalog.model import Model
from lab.engines.base import Stack


class AppFault(Model):
    """What the faults of the shop have in common: a hop, and one call to switch them on or off."""

    name: ClassVar[str]
    needs: ClassVar[frozenset[str]] = frozenset({"app-faults"})

    hop: str

    @property
    def kills(self) -> tuple[str, ...]:
        return ()

    def parameters(self, stack: Stack) -> Mapping[str, Any]:
        """What the shop is told besides the fault's name."""
        raise NotImplementedError

    async def inject(self, stack: Stack) -> None:
        await stack.hop(self.hop).control("POST", "/faults", {"name": self.name, **self.parameters(stack)})

    async def restore(self, stack: Stack) -> None:
        await stack.hop(self.hop).control("DELETE", f"/faults/{self.name}")


class Die(AppFault):
    """The process sends itself a signal each time it has read a request of that route.

    The fault is armed anew in every process that the service manager starts, so it stands until it is restored.
    """

    name: ClassVar[str] = "die"
    needs: ClassVar[frozenset[str]] = frozenset({"app-faults", "signals"})

    route: str
    signal: str = "SIGKILL"

    @property
    def kills(self) -> tuple[str, ...]:
        return (self.hop,)

    def parameters(self, stack: Stack) -> Mapping[str, Any]:
        return {"route": self.route, "signal": self.signal}

    async def inject(self, stack: Stack) -> None:
        hop = stack.hop(self.hop)
        hop.expect_death(True)
        hop.arm({"name": self.name, **self.parameters(stack)})
        await super().inject(stack)

    async def restore(self, stack: Stack) -> None:
        hop = stack.hop(self.hop)
        hop.arm(None)
        await hop.settle()
        await super().restore(stack)
        hop.expect_death(False)


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

    def parameters(self, stack: Stack) -> Mapping[str, Any]:
        return {"retry_after": self.retry_after}


class Leak(AppFault):
    """Each `every`-th request of that route keeps its database connection for good."""

    name: ClassVar[str] = "leak"

    route: str
    every: int = Field(1, ge=1)

    def parameters(self, stack: Stack) -> Mapping[str, Any]:
        return {"route": self.route, "every": self.every}
