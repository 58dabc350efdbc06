"""Faults that take a container: its memory, its share of the processors."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from lab.catalog.model import Model
from lab.engines.base import Stack
from lab.faults.app import Deadly


class Hoard(Deadly):
    """A route's handler takes more memory than its container may have, and the kernel ends the process."""

    name: ClassVar[str] = "hoard"
    needs: ClassVar[frozenset[str]] = frozenset({"app-faults", "oom"})

    route: str
    megabytes: int = Field(400, gt=0, le=4096)


class Cpu(Model):
    """The hop's container may use only so much processor time."""

    name: ClassVar[str] = "cpu"
    needs: ClassVar[frozenset[str]] = frozenset({"cgroup-cpu"})

    hop: str
    cpus: float = Field(gt=0)
    """How many processors' time."""

    @property
    def kills(self) -> tuple[str, ...]:
        return ()

    async def inject(self, stack: Stack) -> None:
        await stack.hop(self.hop).limit(cpus=self.cpus)

    async def restore(self, stack: Stack) -> None:
        await stack.hop(self.hop).limit(cpus=0)
