"""Faults that act on a hop's process from outside."""

from __future__ import annotations

from typing import ClassVar

from lab.catalog.model import Model
from lab.engines.base import Stack


class Pause(Model):
    """The hop's process stands still (SIGSTOP): connections are made by the kernel, and nobody accepts them."""

    name: ClassVar[str] = "pause"
    needs: ClassVar[frozenset[str]] = frozenset({"pause"})

    hop: str

    @property
    def kills(self) -> tuple[str, ...]:
        return ()

    async def inject(self, stack: Stack) -> None:
        await stack.hop(self.hop).pause()

    async def restore(self, stack: Stack) -> None:
        await stack.hop(self.hop).resume()


class Stop(Model):
    """The hop's process is stopped politely and stays stopped, so its port is closed."""

    name: ClassVar[str] = "stop"
    needs: ClassVar[frozenset[str]] = frozenset({"signals"})

    hop: str

    @property
    def kills(self) -> tuple[str, ...]:
        return (self.hop,)

    async def inject(self, stack: Stack) -> None:
        await stack.hop(self.hop).stop()

    async def restore(self, stack: Stack) -> None:
        await stack.hop(self.hop).start()
