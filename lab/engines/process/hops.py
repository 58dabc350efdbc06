"""A hop that is one process of the zygote."""

from __future__ import annotations

from collections.abc import Callable

import psutil

from lab.engines.base import Exit
from lab.engines.managed import ManagedHop
from lab.engines.process.client import ZygoteClient
from lab.engines.process.orders import Ended, Order
from lab.engines.process.unit import ProcessUnit
from lab.engines.service_log import ServiceLog

STOP_GRACE = 2.0
"""Seconds between a polite stop and force."""


class ProcessHop(ManagedHop):
    """See `ManagedHop`.

    Args:
        unit: what it is.
        zygote: starts it, signals it and tells when it is gone.
        log: the process log.
        on_exit: told of each end of its process.

    Attributes:
        pids: of all processes that it ever had; each led a process group.
    """

    unit: ProcessUnit

    def __init__(
        self, unit: ProcessUnit, zygote: ZygoteClient, log: ServiceLog, on_exit: Callable[[Exit], None]
    ) -> None:
        super().__init__(unit, log, on_exit)
        self.pids: set[int] = set()
        self._zygote = zygote

    def order(self) -> Order:
        """How it is started now."""
        if self._fault is None or self.unit.order.settings is None:
            return self.unit.order
        return self.unit.order.with_settings(faults=[dict(self._fault)])

    async def _begin(self) -> None:
        await self._zygote.spawn(self.order(), self._began, self._gone)

    async def _end(self) -> None:
        # Also when it does not run: a restart may be under way, and the zygote serves requests in their order.
        await self._zygote.end(self.unit.order.key, STOP_GRACE)

    async def _signal(self, signal: str) -> None:
        await self._zygote.signal(self.unit.order.key, signal)

    async def _freeze(self, frozen: bool) -> None:
        await self._signal("SIGSTOP" if frozen else "SIGCONT")

    def _is_paused(self) -> bool:
        try:
            return self.pid is not None and bool(psutil.Process(self.pid).status() == psutil.STATUS_STOPPED)
        except psutil.Error:
            return False

    @property
    def _lost(self) -> bool:
        return bool(self._zygote.lost)

    def _began(self, pid: int) -> None:
        self.pids.add(pid)
        super()._began(pid)

    def _gone(self, ended: Ended) -> None:
        self._ended(ended.pid, ended.code, ended.signal)
