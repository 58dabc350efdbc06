"""The compose engine itself."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from lab.engines.base import Plan
from lab.engines.compose.command import compose_version, docker
from lab.engines.compose.daemon import Daemon
from lab.engines.compose.images import Images
from lab.engines.compose.launch import launched
from lab.engines.compose.project import PYTHON
from lab.engines.compose.stack import ComposeStack
from lab.engines.managed_stack import OnExit
from lab.errors import LabError

_OFFERS = frozenset(
    {
        "signals",
        "pause",
        "app-faults",
        "gateway-lock",
        "gateway-reload",
        "client-addresses",
        "container-dns",
        "link",
        "network-disconnect",
    }
)


class ComposeEngine:
    """Runs labs as containers. It is an async context manager, and launches while it is entered.

    Args:
        progress: told in words what takes a while.
    """

    name = "compose"

    def __init__(self, *, progress: Callable[[str], None] = lambda what: None) -> None:
        self._progress = progress
        self._images = Images.chosen()
        self._daemon: Daemon | None = None
        self._info: dict[str, Any] = {}
        self._compose = ""

    async def __aenter__(self) -> ComposeEngine:
        """Connect to the engine.

        Raises:
            LabError: when there is none that will do.
        """
        if sys.platform != "linux":
            raise LabError(
                "The compose engine needs Linux: elsewhere the containers' network does not reach this machine.",
                "Leave --engine out.",
            )
        daemon = await asyncio.to_thread(Daemon.connect)
        try:
            self._info, self._compose = await asyncio.gather(
                daemon.call("tell what it is", daemon.api.info), compose_version(daemon.environment())
            )
        except BaseException:
            daemon.close()
            raise
        self._daemon = daemon
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._daemon:
            self._daemon.close()
            self._daemon = None

    def offers(self) -> frozenset[str]:
        """What it can do here; what the kernel limits is asked of the engine."""
        limits = {"oom": "MemoryLimit", "cgroup-cpu": "CpuCfsQuota"}
        return _OFFERS | {need for need, known in limits.items() if self._info.get(known)}

    async def versions(self) -> dict[str, str]:
        """See the protocol."""
        daemon = self._entered()
        await self._images.fetch(daemon, links=False, progress=self._progress)

        async def says(image: str, program: str, flag: str) -> str:
            run = ("run", "--rm", "--network", "none", "--entrypoint", program, image, flag)
            return (await docker(daemon.environment(), *run))[1].replace("/", " ").split()[-1]

        nginx, python = await asyncio.gather(
            says(self._images.nginx, "nginx", "-v"), says(self._images.api, PYTHON, "-V")
        )
        return {"docker": str(self._info["ServerVersion"]), "compose": self._compose, "nginx": nginx, "python": python}

    async def found(self) -> str:
        """What there is, in words: the engine, Compose, and images that are not there yet."""
        daemon = self._entered()
        missing = await daemon.call("look for images", self._images.missing, daemon, links=True)
        there = f"Docker {self._info['ServerVersion']}, Compose {self._compose}"
        lacks = f"; to be pulled or built first: {', '.join(missing.values())}" if missing else ""
        return f"{there}, offers {', '.join(sorted(self.offers() - _OFFERS)) or 'no limits'}{lacks}"

    def launch(self, plan: Plan, on_exit: OnExit) -> AbstractAsyncContextManager[ComposeStack]:
        """See the protocol."""
        return launched(self._entered(), self._images, plan, on_exit, self._progress)

    def _entered(self) -> Daemon:
        if self._daemon is None:
            raise RuntimeError("the engine is used before it is entered")
        return self._daemon
