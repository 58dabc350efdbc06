"""Bringing a system of containers up, and taking it down."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lab.engines.base import Plan
from lab.engines.compose.command import docker
from lab.engines.compose.daemon import Daemon
from lab.engines.compose.events import Events
from lab.engines.compose.files import Files
from lab.engines.compose.guardian import Guardian
from lab.engines.compose.images import Images
from lab.engines.compose.labels import CLIENT, Labels
from lab.engines.compose.project import TOXIPROXY, host, model
from lab.engines.compose.stack import ComposeStack
from lab.engines.compose.subnet import Slot, Subnet, choose
from lab.engines.gateway_conf import GatewayConf
from lab.engines.link import PATIENCE, Links
from lab.engines.managed_stack import OnExit
from lab.engines.unit import Restart
from lab.engines.waiting import to_the_end
from lab.errors import LabError
from lab.toxiproxy.client import Toxiproxy, ToxiproxyError

_OVERLAP = "overlaps with other one"
"""What the engine says of a network whose addresses another one has got meanwhile."""


@asynccontextmanager
async def launched(
    daemon: Daemon, images: Images, plan: Plan, on_exit: OnExit, progress: Callable[[str], None]
) -> AsyncIterator[ComposeStack]:
    """Bring a stack up; leaving takes it down.

    Args:
        daemon: runs it.
        images: of its containers.
        plan: what is wanted.
        on_exit: told of every program that ends.
        progress: told in words what takes a while.

    Raises:
        LabError: when it cannot be launched; nothing is left then.
    """
    conf, restart = GatewayConf().changed(plan.gateway), Restart(**plan.restart)
    await images.fetch(daemon, links=bool(plan.linked), progress=progress)
    beyond = 0
    while True:
        networks = await daemon.call("list its networks", daemon.api.networks)
        pools = [pool.get("Subnet", "") for one in networks for pool in one["IPAM"]["Config"] or ()]
        slot = choose(pools, beyond)
        files = Files(plan, plan.folder.absolute(), slot.subnet)
        labels = Labels(plan.round, files.folder, slot.subnet.n)
        async with _Frame(daemon, slot, labels) as frame:
            if not await frame.up(json.dumps(model(files, images, labels)), files):
                beyond = slot.subnet.n
                continue
            stack = ComposeStack(files, labels, conf, restart, daemon, on_exit)
            frame.stack = stack
            await frame.start(files)
            yield stack
            return


class _Frame:
    """All of a stack but its hops: the containers and networks themselves, in the order in which they come and go."""

    def __init__(self, daemon: Daemon, slot: Slot, labels: Labels) -> None:
        self.stack: ComposeStack | None = None
        self._daemon = daemon
        self._slot = slot
        self._labels = labels
        self._guardian = Guardian(daemon.environment(), labels.project)
        self._events: Events | None = None

    async def __aenter__(self) -> _Frame:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await to_the_end(self._down())

    async def up(self, project: str, files: Files) -> bool:
        """Make the containers and networks. False: somebody else has got the addresses meanwhile."""
        others = await self._daemon.call("list its containers", self._others)
        if others:
            raise LabError(
                f"Docker has a project called {self._labels.project} already, and it is not this round's.",
                f"Look at it (`docker ps -a --filter label=com.docker.compose.project={self._labels.project}`).",
                code=3,
            )
        files.prepare()
        await self._guardian.open()
        name = ("--project-name", self._labels.project, "--file", "-")
        up = ("compose", *name, "up", "--no-start", "--no-build", "--quiet-pull")
        ends = await asyncio.gather(
            # Not cut short when this is cancelled: what it has begun would appear after all was taken down.
            to_the_end(self._compose(*up, given=project)),
            self._daemon.call("make the clients' networks", self._client_nets),
            return_exceptions=True,
        )
        for end in ends:
            if isinstance(end, LabError) and _OVERLAP in end.what:
                return False
            if isinstance(end, BaseException):
                raise end
        _reachable(files.subnet)
        return True

    async def start(self, files: Files) -> None:
        """Start everything."""
        assert self.stack
        self._events = Events(self._daemon, self._labels.project, self.stack.heard, self.stack.lost)
        await self._events.open()
        frames = [*map(host, self.stack.hops), *([TOXIPROXY] if files.plan.linked else [])]
        await asyncio.gather(
            *(
                self._daemon.call(f"start {name}", self._daemon.api.start, f"{self._labels.project}-{name}-1")
                for name in frames
            )
        )
        if files.plan.linked:
            self.stack.links = await _links(files)
        await self.stack.start()

    async def _compose(self, *arguments: str, given: str) -> None:
        status, said = await docker(self._daemon.environment(), *arguments, given=given)
        if status:
            last = said.splitlines()[-1] if said else f"exit {status}"
            raise LabError(f"`docker compose up` failed: {last}", "`docker ps -a` may tell more.", code=3)

    def _others(self) -> list[object]:
        project = f"com.docker.compose.project={self._labels.project}"
        return list(self._daemon.api.containers(all=True, filters={"label": project}))

    def _client_nets(self) -> None:
        """In a thread: the networks in which this machine has the clients' addresses."""
        from docker.types import IPAMConfig, IPAMPool

        for n, subnet in enumerate(self._slot.subnet.client_nets, start=1):
            self._daemon.api.create_network(
                f"{self._labels.project}_client-{n}",
                driver="bridge",
                internal=True,
                ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=subnet)]),
                labels={**self._labels.as_dict(), CLIENT: str(n)},
            )

    async def _down(self) -> None:
        try:
            if self.stack:
                await self.stack.closing()
            await self._guardian.down()
            if self.stack:
                await self.stack.closed()
            if self._events:
                await self._events.close()
        finally:
            self._slot.close()


async def _links(files: Files) -> Links:
    """The links, once Toxiproxy has them."""
    server, subnet, linked = Toxiproxy(*files.subnet.toxiproxy, timeout=PATIENCE), files.subnet, files.plan.linked
    try:
        await server.ready()
        await server.populate(
            [{"name": hop, "listen": str(subnet.link(hop)), "upstream": str(subnet.hop(hop))} for hop in linked]
        )
    except ToxiproxyError as error:
        raise LabError(f"The links could not be made: {error.what}", error.cure, code=3) from error
    return Links(server, linked)


def _reachable(subnet: Subnet) -> None:
    """See that this machine has the addresses of the networks that were made.

    Raises:
        LabError: when the containers run on another machine, or in a network of their own.
    """
    try:
        with socket.socket() as sock:
            sock.bind((subnet.clients[0], 0))
    except OSError as error:
        raise LabError(
            "Docker's networks do not reach this machine; so it is with Docker Desktop and with rootless Docker.",
            "Use a Docker Engine of this machine (`docker context use default`), or leave --engine out.",
            code=3,
        ) from error
