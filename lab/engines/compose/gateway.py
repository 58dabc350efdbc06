"""The gateway in its container."""

from __future__ import annotations

from typing import Any

from lab.engines import kernel
from lab.engines.compose.hops import ComposeHop
from lab.engines.compose.project import nginx
from lab.engines.gateway_conf import CANDIDATE, ConfFile
from lab.engines.managed_gateway import ManagedGateway


class ComposeGateway(ManagedGateway, ComposeHop):
    """See `ManagedGateway`.

    Args:
        file: its configuration.
        hop: the arguments of `ComposeHop`.
    """

    def __init__(self, file: ConfFile, *hop: Any) -> None:
        super().__init__(*hop)
        self.file = file

    async def answers(self) -> bool:
        """Whether nginx has its worker, which it starts when it is past everything that can fail."""
        return bool(self.pid and kernel.children(self.pid))

    async def _test(self) -> str:
        return await self._daemon.call("test the configuration", self._try)

    def _try(self) -> str:
        """In a thread: `nginx -t` on the candidate."""
        api = self._daemon.api
        command = nginx("-t", conf=CANDIDATE, early="data/gateway/test.log")
        # In the host's container, which is there whether the gateway runs or not.
        run = api.exec_create(self._pod.host, command)["Id"]
        said = api.exec_start(run).decode(errors="replace").splitlines()
        if not (status := api.exec_inspect(run)["ExitCode"]):
            return ""
        return next((line for line in reversed(said) if "[emerg]" in line), "\n".join(said) or f"exit {status}")
