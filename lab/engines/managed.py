"""A hop that a service manager looks after: its life, its restart policy, and its state as it really is."""

from __future__ import annotations

import asyncio
import signal as signals
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from lab.engines import control
from lab.engines.base import Address, Exit, HopState
from lab.engines.service_log import ServiceLog
from lab.engines.unit import Unit
from lab.engines.waiting import POLL, deadline, last_words, until
from lab.errors import LabError

READY_TIMEOUT = 10.0
"""Seconds from a start until it answers, where a start takes little."""


class ManagedHop(ABC):
    """One unit. It is stopped until `start` is called. An engine says how its process is started and reached.

    Args:
        unit: what it is.
        log: the process log.
        on_exit: told of each end of its process.

    Attributes:
        pid: of its main process as this machine counts, None while there is none.
        since: when it was started, seconds since the epoch.
        restarts: how often the policy started it since it was last started by hand.
        last_exit: how it ended last, such as `SIGKILL` or `code 1`.
    """

    harmless = frozenset({"SIGSTOP", "SIGCONT", "SIGCHLD", "SIGURG", "SIGWINCH"})
    """Signals after which no exit is to be expected."""

    def __init__(self, unit: Unit, log: ServiceLog, on_exit: Callable[[Exit], None]) -> None:
        self.unit = unit
        self.pid: int | None = None
        self.since: float | None = None
        self.restarts = 0
        self.last_exit: str | None = None
        self._log = log
        self._on_exit = on_exit
        self._state: HopState = "stopped"
        self._changed = asyncio.Event()
        self._stopping = False
        self._killed = False
        self._revive = False
        self._expected = False
        self._fault: Mapping[str, Any] | None = None
        self._restarting: asyncio.Task[None] | None = None

    @abstractmethod
    async def _begin(self) -> None:
        """Start the process, or raise LabError. `_began` is called as soon as it lives, `_ended` once it is gone."""

    @abstractmethod
    async def _end(self) -> None:
        """End the process politely, then by force, if there is one; `_ended` was called when this returns."""

    @abstractmethod
    async def _signal(self, signal: str) -> None:
        """Send a signal; SIGKILL reaches all processes of the hop."""

    @abstractmethod
    async def _freeze(self, frozen: bool) -> None:
        """Stop all processes of the hop from running, or let them run on."""

    @abstractmethod
    def _is_paused(self) -> bool:
        """Whether the process is stopped from running, by whomever."""

    async def answers(self) -> bool:
        """Whether it does its work yet."""
        return await control.answers(self.unit)

    @property
    def _patience(self) -> float:
        """Seconds from a start until it must answer."""
        return READY_TIMEOUT

    @property
    def _lost(self) -> bool:
        """Whether that which starts processes is gone for good."""
        return False

    @property
    def name(self) -> str:
        return self.unit.name

    @property
    def address(self) -> Address:
        return self.unit.address

    @property
    def state(self) -> HopState:
        """`paused` is read from the process itself, whoever stopped it."""
        return "paused" if self._state == "running" and self._is_paused() else self._state

    async def start(self) -> None:
        if self._state == "running":
            return
        self._drop_restart()
        self.restarts = 0
        await self._spawn()
        await self._ready()

    async def stop(self) -> None:
        self.stopping()
        await self._end()
        self._set("stopped")

    def stopping(self) -> None:
        """From now on its end is asked for, and final."""
        self._drop_restart()
        if self.pid is not None and not self._stopping:
            self._log.stopping(self.name, self.pid)
        self._stopping = True

    async def kill(self, signal: str, *, restart: bool = False) -> None:
        if signal not in signals.Signals.__members__:
            raise LabError(f"There is no signal called {signal!r}.", "Names are such as SIGKILL or SIGTERM.", code=2)
        pid = self._must_run()
        if signal not in self.harmless:
            self._killed, self._revive = True, restart
        await self._signal(signal)
        if signal == "SIGKILL":
            await self._until(lambda: self.pid != pid, 5.0, "is not gone after SIGKILL")

    async def pause(self) -> None:
        pid = self._must_run()
        await self._freeze(True)
        await self._until(self._is_paused, 2.0, "does not stop running")
        self._log.paused(self.name, pid)

    async def resume(self) -> None:
        pid = self._must_run()
        await self._freeze(False)
        await self._until(lambda: not self._is_paused(), 2.0, "does not run on")
        self._log.resumed(self.name, pid)

    async def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        return await control.ask(self.unit, method, path, body)

    def expect_death(self, expected: bool) -> None:
        self._expected = expected

    def arm(self, fault: Mapping[str, Any] | None) -> None:
        self._fault = fault

    async def limit(self, *, memory: int | None = None, cpus: float | None = None) -> None:
        raise LabError(f"{self.name} can't be limited on this engine.", "Use --engine compose.")

    async def connect(self, connected: bool) -> None:
        raise LabError(f"{self.name} can't be taken off its network on this engine.", "Use --engine compose.")

    async def settle(self) -> None:
        was_about_to = self._state == "restarting"
        async with deadline(self._patience, f"{self.name} did not run again", self.unit.said):
            # It may end and be restarted again while this waits.
            while self._state == "restarting" or (self.state == "running" and not await self.answers()):
                if self._state == "restarting":
                    await self._changed.wait()
                else:
                    await asyncio.sleep(POLL)
        if was_about_to and self._state != "running":
            raise LabError(f"{self.name} did not run again, it is {self._state}.", f"See {self.unit.said}.", code=3)

    # -- its life -------------------------------------------------------------------------------------------------

    async def _spawn(self) -> None:
        self._stopping = self._killed = self._revive = False
        try:
            await self._begin()
        except LabError as error:
            self._set("failed")
            raise LabError(f"{self.name} could not be started at {self.address}: {error.what}", error.cure) from error

    async def _ready(self) -> None:
        """Wait until it answers; an exit ends the wait."""
        pid = self.pid
        async with deadline(self._patience, f"{self.name} was started and does not answer", self.unit.said):
            # ASYNC110: another process sets no event when it is ready.
            while pid is not None and self.pid == pid and not await self.answers():  # noqa: ASYNC110
                await asyncio.sleep(POLL)
        if self.pid != pid or pid is None:
            what = f"{self.name} ended as it was started. {last_words(self.unit.said)}"
            raise LabError(what, f"See {self.unit.said}.", code=3)

    def _began(self, pid: int) -> None:
        self.pid, self.since = pid, time.time()
        self._set("running")
        self._log.started(self.name, pid)

    def _ended(self, pid: int, code: int | None, signal: str | None) -> None:
        asked = self._stopping or self._killed or self._expected
        if self._stopping:
            self._log.stopped(self.name, pid)
        else:
            self._log.exited(self.name, pid, code, signal)
        self.last_exit = signal or f"code {code}"
        self.pid = self.since = None
        revive = not self._stopping and (self._revive or not self._killed) and self.unit.restart.policy == "always"
        if revive and not self._lost and self.restarts < self.unit.restart.most:
            self._set("restarting")
            self._restarting = asyncio.create_task(self._restart())
        else:
            if revive and not self._lost:
                self._log.gave_up(self.name, self.restarts)
            self._set("stopped" if self._stopping or (asked and code == 0) else "failed")
        self._on_exit(Exit(self.name, code, signal, asked))

    async def _restart(self) -> None:
        while self.restarts < self.unit.restart.most:
            pause = self.unit.restart.pause(self.restarts)
            self.restarts += 1
            self._log.restarting(self.name, pause, self.restarts)
            await asyncio.sleep(pause)
            try:
                await self._spawn()
            except LabError:  # its port is taken, say; the next try may find it free
                self._set("restarting")
            else:
                return
        self._log.gave_up(self.name, self.restarts)
        self._set("failed")

    def _drop_restart(self) -> None:
        if self._restarting:
            self._restarting.cancel()
            self._restarting = None

    def _set(self, state: HopState) -> None:
        self._state = state
        self._changed.set()
        self._changed = asyncio.Event()

    def _must_run(self) -> int:
        if self._state != "running" or self.pid is None:
            raise LabError(f"{self.name} does not run, it is {self._state}.", "Start it first.")
        return self.pid

    async def _until(self, condition: Callable[[], bool], timeout: float, but: str) -> None:
        async with deadline(timeout, f"{self.name} {but}", self.unit.said):
            await until(condition)
