"""A hop that is a container, beside the one that holds its address."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil

from lab.engines.base import Exit
from lab.engines.compose.daemon import Daemon
from lab.engines.compose.events import Event
from lab.engines.managed import ManagedHop
from lab.engines.service_log import ServiceLog
from lab.engines.unit import Unit
from lab.engines.waiting import to_the_end

READY_TIMEOUT = 30.0
"""Seconds from a start until it answers: a new interpreter has to import everything, on a machine that is busy."""
STOP_GRACE = 2
"""Seconds between a polite stop and force."""
_PERIOD = 100_000
"""Microseconds in which a quota of CPU time is counted."""


@dataclass(frozen=True, slots=True)
class Pod:
    """What a hop consists of; names by which the engine knows them.

    Attributes:
        program: the container in which its program runs.
        host: the one that holds its address.
        network: the network that the address is of.
    """

    program: str
    host: str
    network: str


class ComposeHop(ManagedHop):
    """See `ManagedHop`. Its pids are those of this machine, not those inside the container.

    Args:
        unit: what it is.
        pod: its containers.
        settings: what its program is told on its standard input as it starts; None for nothing.
        daemon: runs it.
        log: the process log.
        on_exit: told of each end of its program.

    Attributes:
        oom_killed: whether the kernel ended a process of it for want of memory since it was started.
    """

    def __init__(
        self,
        unit: Unit,
        pod: Pod,
        settings: Mapping[str, Any] | None,
        daemon: Daemon,
        log: ServiceLog,
        on_exit: Callable[[Exit], None],
    ) -> None:
        super().__init__(unit, log, on_exit)
        self.oom_killed = False
        self._pod = pod
        self._settings = settings
        self._daemon = daemon
        self._frozen = False
        self._beginning = False
        self._early: list[Event] = []
        self._gone = False
        # One call at a time: a start that was given up must be over before the stop that follows it.
        self._calls = asyncio.Lock()

    # -- what happens to the container ----------------------------------------------------------------------------

    def heard(self, event: Event) -> None:
        """Take in an event about it."""
        match event.action:
            case "pause" | "unpause":
                self._frozen = event.action == "pause"
            case "oom":
                self.oom_killed = True
                self._log.out_of_memory(self.name, self.pid or 0)
            case "die" if self._beginning:
                self._early.append(event)
            case "die" if self.pid is not None:
                self._died(event)

    def lost(self) -> None:
        """The engine is gone, and with it everything that it ran."""
        self._gone = True
        if self.pid is not None:
            self._frozen = False
            self._ended(self.pid, None, "SIGKILL")

    def _died(self, event: Event) -> None:
        self._frozen = False
        assert self.pid is not None
        self._ended(self.pid, *event.end)

    # -- limits and the network -----------------------------------------------------------------------------------

    async def limit(self, *, memory: int | None = None, cpus: float | None = None) -> None:
        """Give it less, or more.

        Args:
            memory: bytes; what needs more is killed by the kernel. None: as it is.
            cpus: how many CPUs' time it may use; 0 for no limit, None: as it is.
        """
        given: dict[str, int] = {}
        if memory is not None:
            given |= {"mem_limit": memory, "memswap_limit": memory}
        if cpus is not None:
            given |= {"cpu_period": _PERIOD, "cpu_quota": round(cpus * _PERIOD) if cpus else -1}
        await self._daemon.call(f"limit {self.name}", self._daemon.api.update_container, self._pod.program, **given)

    async def connect(self, connected: bool) -> None:
        """See the protocol. Off the network, what is sent to its address gets no answer at all.

        It is put back at the address and with the name that it had. Who asked for it meanwhile finds it within a
        second or so, when their kernel looks for the address again.
        """
        api = self._daemon.api
        if not connected:
            what = f"take {self.name} off the network"
            await self._daemon.call(what, api.disconnect_container_from_network, self._pod.host, self._pod.network)
            return
        await self._daemon.call(
            f"put {self.name} back on the network",
            api.connect_container_to_network,
            self._pod.host,
            self._pod.network,
            ipv4_address=self.address.host,
            aliases=[self.name],
        )

    # -- what `ManagedHop` asks for -------------------------------------------------------------------------------

    async def _begin(self) -> None:
        async with self._calls:
            await to_the_end(self._begin_now())

    async def _begin_now(self) -> None:
        self._early.clear()
        self._beginning, self.oom_killed, self._frozen = True, False, False
        try:
            pid = await self._daemon.call(f"start {self.name}", self._start)
        finally:
            self._beginning = False
        self._began(pid)
        for event in self._early:
            self._died(event)

    def _start(self) -> int:
        """In a thread: start it and tell it what it is. Its pid; 0 when it is gone already."""
        from docker.errors import APIError

        api = self._daemon.api
        api.start(self._pod.program)
        if self._settings is not None:
            # What has ended already can't be told anything; its end is an event of its own.
            with suppress(OSError, APIError):
                _tell(api.attach_socket(self._pod.program, params={"stdin": 1, "stream": 1}), self._told())
        return int(api.inspect_container(self._pod.program)["State"]["Pid"])

    def _told(self) -> dict[str, Any]:
        faults = [dict(self._fault)] if self._fault else []
        return {**(self._settings or {}), "faults": faults}

    async def _end(self) -> None:
        async with self._calls:
            if self.pid is not None:
                await self._daemon.call(
                    f"stop {self.name}", self._daemon.api.stop, self._pod.program, timeout=STOP_GRACE
                )
                await self._until(lambda: self.pid is None, 5.0, "is not gone after it was stopped")

    async def _signal(self, signal: str) -> None:
        # Those two to the whole container, as a signal to a process group would be.
        if signal in ("SIGSTOP", "SIGCONT"):
            await self._freeze(signal == "SIGSTOP")
        else:
            await self._daemon.call(f"send {signal} to {self.name}", self._daemon.api.kill, self._pod.program, signal)

    async def _freeze(self, frozen: bool) -> None:
        if frozen != self._frozen:
            api, what = self._daemon.api, "pause" if frozen else "unpause"
            await self._daemon.call(f"{what} {self.name}", api.pause if frozen else api.unpause, self._pod.program)
            self._frozen = frozen

    def _is_paused(self) -> bool:
        if self._frozen or not self.pid:
            return self._frozen
        try:
            return bool(psutil.Process(self.pid).status() == psutil.STATUS_STOPPED)
        except psutil.Error:
            return False

    @property
    def _patience(self) -> float:
        return READY_TIMEOUT

    @property
    def _lost(self) -> bool:
        return self._gone


def _tell(stream: Any, settings: Mapping[str, Any]) -> None:
    """Write one line to a container's standard input, and wait until the engine has taken it."""
    sock: socket.socket = stream._sock
    try:
        sock.sendall(json.dumps(settings).encode() + b"\n")
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(2)
        while sock.recv(4096):
            pass
    finally:
        stream.close()
        sock.close()
