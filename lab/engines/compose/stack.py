"""A launched system of containers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from lab.engines.base import Address, Exit
from lab.engines.compose import leftovers
from lab.engines.compose.daemon import Daemon
from lab.engines.compose.events import Event
from lab.engines.compose.files import Files
from lab.engines.compose.gateway import ComposeGateway
from lab.engines.compose.hops import ComposeHop, Pod
from lab.engines.compose.labels import Labels
from lab.engines.compose.project import NETWORK, TOXIPROXY, host
from lab.engines.gateway_conf import ConfFile, GatewayConf, render
from lab.engines.managed_stack import ManagedStack, OnExit
from lab.engines.service_log import ServiceLog
from lab.engines.unit import Restart, Unit
from lab.engines.waiting import until
from lab.errors import LabError

_TEMP_PATHS = ("fastcgi", "uwsgi", "scgi")
"""Of the modules that the images' nginx has."""


class ComposeStack(ManagedStack[ComposeHop]):
    """See the protocol. Made by `launched`.

    Args:
        files: where everything is.
        labels: what its containers carry.
        conf: the gateway's settings.
        restart: the policy of all hops.
        daemon: runs it.
        on_exit: told of every program that ends.
    """

    def __init__(
        self, files: Files, labels: Labels, conf: GatewayConf, restart: Restart, daemon: Daemon, on_exit: OnExit
    ) -> None:
        super().__init__(on_exit)
        self._files = files
        self._labels = labels
        self._daemon = daemon
        self._closing = False
        self._log = ServiceLog(files.logs["system/process.log"])
        self.conf: Mapping[str, Any] = asdict(conf)
        self.clients = files.subnet.clients
        names = ("gateway", *files.applications)
        near = {hop: files.subnet.link(hop) for hop in files.plan.linked}
        self.reached: Mapping[str, Address] = {name: files.subnet.hop(name) for name in names} | near
        servers = tuple(self.reached[name] for name in files.plan.apis)
        text = partial(
            render,
            listen=files.subnet.hop("gateway"),
            servers=servers,
            own=False,
            temp_paths=_TEMP_PATHS,
            reached=self.reached,
        )
        arguments = {name: self._arguments(name, restart) for name in names}
        self.gateway = ComposeGateway(ConfFile(files.folder, conf, text), *arguments["gateway"])
        applications = [ComposeHop(*arguments[name]) for name in files.applications]
        self.hops = {hop.name: hop for hop in (self.gateway, *applications)}

    def _arguments(self, name: str, restart: Restart) -> tuple[Any, ...]:
        files, project = self._files, self._labels.project
        application = name != "gateway"
        unit = Unit(
            name,
            files.subnet.hop(name),
            files.subnet.admin(name) if application else None,
            files.token if application else "",
            files.said(name),
            restart,
        )
        pod = Pod(f"{project}-{name}-1", f"{project}-{host(name)}-1", f"{project}_{NETWORK}")
        return unit, pod, files.settings(name) if application else None, self._daemon, self._log, self.tell

    @property
    def logs(self) -> Mapping[str, Path]:
        return self._files.logs

    async def left_behind(self) -> list[str]:
        # With a connection of its own: the engine's may be closed by now.
        try:
            return [str(one) for one in await asyncio.to_thread(leftovers.of, self._labels.project)]
        except LabError as error:
            return [f"perhaps its containers: {error.what}"]

    def heard(self, event: Event) -> None:
        """Pass an event on to the hop that it is about."""
        if event.service in self.hops:
            self.hops[event.service].heard(event)
        elif event.service == TOXIPROXY and event.action == "die" and not self._closing:
            self.tell(Exit("link", *event.end, asked=False))

    def lost(self) -> None:
        """The engine is gone."""
        for hop in self.hops.values():
            hop.lost()

    async def closing(self) -> None:
        """From now on everything that ends was asked to."""
        self._closing = True
        await self.stopping()

    async def closed(self) -> None:
        """Everything was taken down: wait a moment for the news of it."""
        try:
            async with asyncio.timeout(2):
                await until(lambda: all(hop.pid is None for hop in self.hops.values()))
        except TimeoutError:
            self.lost()
        await self.all_told()
        self._log.close()
