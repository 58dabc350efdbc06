"""A launched system, and how it is brought up and taken down."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from lab.engines.base import Address, Plan
from lab.engines.gateway_conf import ConfFile, GatewayConf, render
from lab.engines.link import Links
from lab.engines.managed_stack import ManagedStack, OnExit
from lab.engines.process import addresses, leftovers
from lab.engines.process.addresses import Addresses
from lab.engines.process.client import ZygoteClient
from lab.engines.process.gateway import ProcessGateway
from lab.engines.process.hops import ProcessHop
from lab.engines.process.layout import Layout
from lab.engines.process.link_server import LinkServer, link_server
from lab.engines.process.nginx import Nginx, find
from lab.engines.service_log import ServiceLog
from lab.engines.unit import Restart
from lab.engines.waiting import to_the_end
from lab.errors import LabError

GRACE = 0.2
"""Seconds that processes have to end politely when the whole stack is taken down."""

_numbers = itertools.count(1)


class ProcessStack(ManagedStack[ProcessHop]):
    """See the protocol. Made by `launched`.

    Args:
        layout: where everything is and how it is started.
        at: its addresses.
        nginx: the program.
        conf: the gateway's settings.
        zygote: runs it.
        on_exit: told of every process that ends.
    """

    def __init__(
        self, layout: Layout, at: Addresses, nginx: Nginx, conf: GatewayConf, zygote: ZygoteClient, on_exit: OnExit
    ) -> None:
        super().__init__(on_exit)
        self._layout = layout
        self._at = at
        self._zygote = zygote
        self._log = ServiceLog(layout.process_log)
        self.conf: Mapping[str, Any] = asdict(conf)
        self.clients = at.clients
        own = {"gateway": at.gateway, **dict(zip(layout.plan.apis, at.apis, strict=True)), "payments": at.payments}
        self.reached: Mapping[str, Address] = {**own, **at.links}
        servers = tuple(self.reached[name] for name in layout.plan.apis)
        text = partial(
            render,
            listen=at.gateway,
            servers=servers,
            own=bool(at.clients),
            temp_paths=nginx.temp_paths,
            reached=self.reached,
        )
        self.gateway = ProcessGateway(
            layout.gateway(at, nginx),
            layout.folder,
            nginx,
            ConfFile(layout.folder, conf, text),
            zygote,
            self._log,
            self.tell,
        )
        applications = [ProcessHop(unit, zygote, self._log, self.tell) for unit in layout.applications(at)]
        self.hops = {hop.name: hop for hop in (self.gateway, *applications)}

    @property
    def logs(self) -> Mapping[str, Path]:
        return self._layout.logs

    def log_bytes(self) -> int:
        """Bytes of the longest log. The kernel stops each at `child.LOG_CAP`; a round stops its traffic before."""
        sizes = [0]
        for path in self.logs.values():
            with suppress(OSError):
                sizes.append(path.stat().st_size)
        return max(sizes)

    async def left_behind(self) -> list[str]:
        return await asyncio.to_thread(leftovers.describe, self._layout.round, self._groups, self._at)

    @property
    def _groups(self) -> set[int]:
        return set().union(*(hop.pids for hop in self.hops.values()))

    async def close(self) -> None:
        """Take everything down, and wait until it is gone."""
        await self.stopping()
        try:
            await self._zygote.end(self._layout.scope, GRACE)
        except LabError:
            if not self._zygote.lost:
                raise
            # Nearly everything died with it; not what was paused, or what ignores SIGTERM.
            await asyncio.to_thread(leftovers.kill, self._layout.round, self._groups, self._at)
        await self.all_told()
        self._log.close()


@asynccontextmanager
async def launched(
    zygote: ZygoteClient, plan: Plan, on_exit: OnExit, own: bool, server: LinkServer
) -> AsyncIterator[ProcessStack]:
    """Bring a stack up; leaving takes it down.

    Args:
        zygote: runs it.
        plan: what is wanted.
        on_exit: told of every process that ends.
        own: whether it gets addresses of its own.
        server: of its links.

    Raises:
        LabError: when it cannot be launched; nothing is left then.
    """
    conf = GatewayConf().changed(plan.gateway)
    restart = Restart(**plan.restart)
    nginx = await find()
    layout = Layout.prepare(plan, f"{plan.round}.{next(_numbers)}", restart)
    stack: ProcessStack | None = None
    links = AsyncExitStack()

    async def take_down() -> None:
        try:
            # By scope, not by what is known here: a cancelled launch may not know yet what was started for it.
            if stack is not None:
                await stack.close()
            elif not zygote.lost:
                await zygote.end(layout.scope, GRACE)
        finally:
            await links.aclose()

    try:
        at = addresses.choose(await zygote.hold(layout.scope, own), plan.replicas, own, plan.linked)
        stack = ProcessStack(layout, at, nginx, conf, zygote, on_exit)
        stack.links = Links(
            await links.enter_async_context(link_server(server, layout, at, zygote, stack.tell)), plan.linked
        )
        await stack.start()
        yield stack
    finally:
        await to_the_end(take_down())
