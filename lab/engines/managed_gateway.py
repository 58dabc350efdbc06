"""The gateway as a managed hop: its configuration can be changed while it works."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from lab.engines import kernel
from lab.engines.gateway_conf import ConfFile
from lab.engines.managed import READY_TIMEOUT, ManagedHop
from lab.engines.waiting import deadline, last_words, until
from lab.errors import LabError


class ManagedGateway(ManagedHop):
    """nginx with a master and one worker. Mixed with the hop of an engine, before it.

    Attributes:
        file: its configuration.
    """

    harmless = ManagedHop.harmless | {"SIGHUP", "SIGUSR1"}
    file: ConfFile

    @abstractmethod
    async def _test(self) -> str:
        """What `nginx -t` objects to the candidate; empty when nothing."""

    async def set_conf(self, **settings: Any) -> None:
        """See the protocol. A gateway that does not run takes the new configuration when it is started."""
        await self.file.change(settings, self._test, self._reload)

    def lock(self, locked: bool) -> None:
        """See the protocol."""
        self.file.lock(locked)

    async def _reload(self) -> None:
        """SIGHUP, then wait until only workers with the new configuration accept connections."""
        if self.state != "running":
            return
        pid = self._must_run()
        old = kernel.children(pid)
        await self._signal("SIGHUP")
        async with deadline(READY_TIMEOUT, "nginx did not reload", self.unit.said):
            # A worker that shuts down has closed its listening sockets.
            await until(
                lambda: (
                    self.pid != pid
                    or bool(kernel.children(pid) - old and not any(kernel.listens(worker) for worker in old))
                )
            )
        if self.pid != pid:
            raise LabError(f"{self.name} ended as it was reloaded. {last_words(self.unit.said)}", "See its error.log.")
        self._log.reloaded(self.name, pid)
