"""Faults at the gateway."""

from __future__ import annotations

from typing import ClassVar

from lab.catalog.model import Model
from lab.engines.base import Stack


class Lock(Model):
    """The maintenance lock file lies at the gateway, which then answers 503 with Retry-After by itself."""

    name: ClassVar[str] = "lock"
    needs: ClassVar[frozenset[str]] = frozenset({"gateway-lock"})

    @property
    def kills(self) -> tuple[str, ...]:
        return ()

    async def inject(self, stack: Stack) -> None:
        stack.gateway.lock(True)

    async def restore(self, stack: Stack) -> None:
        stack.gateway.lock(False)
