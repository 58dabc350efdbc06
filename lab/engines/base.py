"""What every engine offers. Above this there are no pids, paths or container ids."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol


class Address(NamedTuple):
    """Where something listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


Stream = Literal["upstream", "downstream"]
HopState = Literal["running", "stopped", "paused", "restarting", "failed"]


@dataclass(frozen=True, slots=True)
class Exit:
    """The end of a process. `asked` is False when nobody of the lab stopped or killed it."""

    hop: str
    code: int | None
    signal: str | None
    asked: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an engine is to launch. Times are seconds.

    Attributes:
        round: the round's name; whatever is started carries it as a mark.
        folder: the round's folder; logs go to `logs/<hop>/`, configurations to `conf/`.
        replicas: api processes behind the gateway (`api-1`, `api-2`, …).
        gateway: `read_timeout`, `connect_timeout`, `send_timeout`, `next_upstream`, `max_fails`, `retry_after`.
        api: `pool_size`, `pool_timeout`, `query_time`, `payments_timeout`, `busy_timeout`, `query_limit`.
        restart: `policy` (`never`, `always`), `delay`, `most`, `grows`, `longest`.
        routes: `gateway_api` and `api_payments`, each `direct` or `link`; see `linked`.
        seed: decides the shop's data.
    """

    round: str
    folder: Path
    replicas: int
    gateway: Mapping[str, Any]
    api: Mapping[str, Any]
    restart: Mapping[str, Any]
    routes: Mapping[str, str]
    seed: int

    @property
    def apis(self) -> tuple[str, ...]:
        """The names of the replicas."""
        return tuple(f"api-{n}" for n in range(1, self.replicas + 1))

    @property
    def linked(self) -> tuple[str, ...]:
        """The hops that are reached over a link."""
        apis = self.apis if self.routes.get("gateway_api") == "link" else ()
        return (*apis, "payments") if self.routes.get("api_payments") == "link" else apis


class Hop(Protocol):
    """One member of the system, such as `gateway`, `api-1` or `payments`."""

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> Address:
        """Where its peers, clients and probes connect."""
        ...

    @property
    def state(self) -> HopState: ...

    async def start(self) -> None:
        """Start it; returns when it accepts connections. Raises LabError, with its last log lines, if it exits."""
        ...

    async def stop(self) -> None:
        """Stop it politely, then by force, and return when it is gone and its port is closed."""
        ...

    async def kill(self, signal: str, *, restart: bool = False) -> None:
        """Send a signal such as `SIGKILL`. The exit counts as asked for; `restart`: the restart policy applies."""
        ...

    async def pause(self) -> None:
        """Stop it from running without ending it (SIGSTOP)."""
        ...

    async def resume(self) -> None: ...

    async def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Call its admin listener, with the token that only the lab knows; only api and payments have one.

        Raises LabError when it does not answer within two seconds.
        """
        ...

    def expect_death(self, expected: bool) -> None:
        """Whether exits from now on count as asked for (a fault makes it die); the restart policy then applies."""
        ...

    def arm(self, fault: Mapping[str, Any] | None) -> None:
        """Have every process that the restart policy starts begin with this fault; None: with none.

        The fault is handed to the process as it starts, so there is no moment at which it runs without.
        """
        ...

    async def limit(self, *, memory: int | None = None, cpus: float | None = None) -> None:
        """Give it less, or more; only where the engine offers `oom` and `cgroup-cpu`, else LabError.

        Args:
            memory: bytes; what needs more is killed by the kernel. None: as it is.
            cpus: how many CPUs' time it may use; 0 for no limit, None: as it is.
        """
        ...

    async def connect(self, connected: bool) -> None:
        """Put it on the network, or take it off; only where the engine offers `network-disconnect`, else LabError."""
        ...

    async def settle(self) -> None:
        """Wait until it runs, if the restart policy is about to start it. Raises LabError after ten seconds."""
        ...


class Gateway(Hop, Protocol):
    """The gateway, whose configuration can be changed."""

    async def set_conf(self, **settings: Any) -> None:
        """Render the configuration with these settings changed, test it, and reload.

        Raises LabError with nginx's own message when the test refuses it; the old one keeps running.
        """
        ...

    def lock(self, locked: bool) -> None:
        """Put the maintenance lock file in place, or take it away. Retry-After is the setting `retry_after`."""
        ...


class Link(Protocol):
    """The way to one hop, which can be slowed, starved and cut. Its toxics are Toxiproxy's, in its units.

    Every method raises LabError when the server of the links does not answer, or refuses.
    """

    async def add(self, name: str, type: str, attributes: Mapping[str, int], *, stream: Stream = "downstream") -> None:
        """Put a toxic called `name` on it, for open connections too. `upstream` is the way of the requests."""
        ...

    async def change(self, name: str, attributes: Mapping[str, int]) -> None:
        """Other settings for a toxic; what is not named stays."""
        ...

    def drift(self, name: str, attribute: str, start: int, end: int, over: float) -> None:
        """Move an attribute of a toxic from `start` to `end` by equal factors, within `over` seconds.

        It goes on by itself; removing the toxic or closing the stack ends it.
        """
        ...

    async def remove(self, name: str) -> None:
        """Take a toxic away; one that is not there is no error."""
        ...

    async def up(self, up: bool) -> None:
        """Whether it lets anything through: down, its port is closed and its connections are cut."""
        ...


class Stack(Protocol):
    """A launched system."""

    @property
    def gateway(self) -> Gateway: ...

    @property
    def hops(self) -> Mapping[str, Hop]: ...

    @property
    def logs(self) -> Mapping[str, Path]:
        """Reference name (`gateway/error.log`) → file, for every log of every hop."""
        ...

    @property
    def clients(self) -> tuple[str, ...]:
        """Source addresses that the lab's clients may bind; empty where they cannot."""
        ...

    @property
    def conf(self) -> Mapping[str, Any]:
        """The gateway's settings as they were launched, `read_timeout` among them."""
        ...

    def hop(self, name: str) -> Hop:
        """The hop of that name. Raises LabError with the nearest names."""
        ...

    @property
    def reached(self) -> Mapping[str, Address]:
        """Hop → where its peers connect: its own address, or the near end of the link to it."""
        ...

    def link(self, to: str) -> Link:
        """The way to `api-1`, … or `payments`. Raises LabError where that hop is reached directly."""
        ...

    async def inspect(self, what: str, hop: str) -> list[dict[str, Any]]:
        """Real readings: `proc` (as systemctl would show) or `sock` (as ss would), one mapping a row."""
        ...

    async def left_behind(self) -> list[str]:
        """After the stack was closed: what is still there, in words; empty when nothing is."""
        ...


class Engine(Protocol):
    """A place to run labs in."""

    name: str

    def offers(self) -> frozenset[str]:
        """What it can do on this machine, of the needs that injectors declare (`signals`, `oom`, …)."""
        ...

    async def versions(self) -> dict[str, str]:
        """The programs it runs, and their versions, such as nginx and python."""
        ...

    def launch(
        self, plan: Plan, on_exit: Callable[[Exit], Awaitable[None] | None]
    ) -> AbstractAsyncContextManager[Stack]:
        """Bring the system up; leaving the context takes it down and waits until nothing is left.

        `on_exit` is called for every process of the system that ends.
        Raises LabError when it cannot be launched; nothing is left behind then either.
        """
        ...

    async def __aenter__(self) -> Engine: ...

    async def __aexit__(self, *exc: object) -> None: ...
