"""A launched system, and how it is brought up and taken down."""

from __future__ import annotations

import asyncio
import inspect
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from lab.engines import readings
from lab.engines.base import Address, Exit, Plan
from lab.engines.gateway_conf import ConfFile, GatewayConf, render
from lab.engines.link import Links, ToxiproxyLink
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

OnExit = Callable[[Exit], Awaitable[None] | None]

GRACE = 0.2
"""Seconds that processes have to end politely when the whole stack is taken down."""

_numbers = itertools.count(1)


class ProcessStack:
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
        self._layout = layout
        self._at = at
        self._zygote = zygote
        self._on_exit = on_exit
        self._told: set[asyncio.Future[Any]] = set()
        self._log = ServiceLog(layout.process_log)
        self.conf: Mapping[str, Any] = asdict(conf)
        self.clients = at.clients
        self.links = Links()
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
        self.hops: Mapping[str, ProcessHop] = {hop.name: hop for hop in (self.gateway, *applications)}

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

    def hop(self, name: str) -> ProcessHop:
        if name not in self.hops:
            raise LabError(f"There is no hop called {name!r}.", f"Known are {', '.join(self.hops)}.", code=2)
        return self.hops[name]

    def link(self, to: str) -> ToxiproxyLink:
        return self.links.to(to)

    async def inspect(self, what: str, hop: str) -> list[dict[str, Any]]:
        topics = {"proc": readings.proc, "sock": readings.sock}
        if what not in topics:
            raise LabError(f"{what!r} cannot be inspected here.", f"Known are {', '.join(topics)}.", code=2)
        return await asyncio.to_thread(topics[what], self.hop(hop))

    async def left_behind(self) -> list[str]:
        return await asyncio.to_thread(leftovers.describe, self._layout.round, self._groups, self._at)

    @property
    def _groups(self) -> set[int]:
        return set().union(*(hop.pids for hop in self.hops.values()))

    async def start(self) -> None:
        """Start all hops at once; none waits for another, because their sockets are there first.

        The api comes first because it takes longest.
        """
        order = sorted(self.hops.values(), key=lambda hop: not hop.name.startswith("api"))
        ends = await asyncio.gather(*(hop.start() for hop in order), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    async def close(self) -> None:
        """Take everything down, and wait until it is gone."""
        await self.links.close()
        for hop in self.hops.values():
            hop.stopping()
        try:
            await self._zygote.end(self._layout.scope, GRACE)
        except LabError:
            if not self._zygote.lost:
                raise
            # Nearly everything died with it; not what was paused, or what ignores SIGTERM.
            await asyncio.to_thread(leftovers.kill, self._layout.round, self._groups, self._at)
        await asyncio.gather(*self._told, return_exceptions=True)
        self._log.close()

    def tell(self, exit_: Exit) -> None:
        """Pass the news on in a turn of its own, so that whatever the receiver does harms nobody here."""

        async def tell() -> None:
            result = self._on_exit(exit_)
            if inspect.isawaitable(result):
                await result

        task = asyncio.ensure_future(tell())
        self._told.add(task)
        task.add_done_callback(self._told.discard)


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
