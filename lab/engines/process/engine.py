"""The process engine itself."""

from __future__ import annotations

import platform
from contextlib import AbstractAsyncContextManager

from lab.engines.base import Plan
from lab.engines.managed_stack import OnExit
from lab.engines.process import addresses
from lab.engines.process.client import ZygoteClient
from lab.engines.process.early import SERVE, Early
from lab.engines.process.link_server import LinkServer
from lab.engines.process.nginx import find
from lab.engines.process.stack import ProcessStack, launched

_OFFERS = frozenset({"signals", "pause", "app-faults", "gateway-lock", "gateway-reload", "link"})


class ProcessEngine:
    """Runs labs as processes of this machine. It is an async context manager, and launches while it is entered.

    Args:
        own_addresses: whether each lab gets addresses of its own (127.77.n.x); False: free ports of 127.0.0.1.
            None: as this system allows.
        serve: the module of the applications' entry point.
        early: the forker, if it was forked before anything was imported.
        link_server: what links run on: the `embedded` server or a `real` Toxiproxy.
    """

    name = "process"

    def __init__(
        self,
        *,
        own_addresses: bool | None = None,
        serve: str = SERVE,
        early: Early | None = None,
        link_server: LinkServer = "embedded",
    ) -> None:
        self._link_server = link_server
        self._own = addresses.has_own() if own_addresses is None else own_addresses
        self._zygote = ZygoteClient(serve, early)

    async def __aenter__(self) -> ProcessEngine:
        """Start the forker; it imports what it needs while the caller goes on."""
        await self._zygote.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._zygote.__aexit__(*exc)

    @property
    def zygote_pid(self) -> int:
        """The forker's; its descendants are all that this engine runs."""
        return self._zygote.pid

    def offers(self) -> frozenset[str]:
        """What it can do here: signals and pauses work everywhere, `client-addresses` where a lab has its own."""
        return _OFFERS | {"client-addresses"} if self._own else _OFFERS

    async def versions(self) -> dict[str, str]:
        """See the protocol."""
        nginx = await find()
        return {"nginx": ".".join(map(str, nginx.version)), "python": platform.python_version()}

    def launch(self, plan: Plan, on_exit: OnExit) -> AbstractAsyncContextManager[ProcessStack]:
        """See the protocol."""
        return launched(self._zygote, plan, on_exit, self._own, self._link_server)
