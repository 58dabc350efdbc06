"""The background traffic of a round: seeded clients on an open-loop schedule."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from lab.errors import LabError
from lab.traffic.actors import actor
from lab.traffic.batch import batch
from lab.traffic.client_log import ClientLog
from lab.traffic.exchange import Exchange, exchange
from lab.traffic.routes import ROUTES
from lab.traffic.schedule import SHOPPER, Planned, noise_requests, shoppers
from lab.traffic.seen import Seen

T = TypeVar("T")

MOST_PER_SECOND = 100
"""Requests that are begun in any one second, whatever the rate; what is over is dropped."""

# A schedule that is later than this (the machine slept, the process was stopped) starts anew instead of catching up.
_LATE = 0.5


class Clients:
    """Background traffic over all routes, and the noise actors that were asked for.

    The schedule does not wait for answers (a slow system gets no fewer requests), so the number in flight is
    bounded, and what is due beyond that is dropped and counted. The seed decides the sequence of gaps, clients,
    routes, paths and ids of each actor; the rate only stretches it.

    Args:
        address: of the gateway.
        sources: addresses to send from; empty where there are none to choose from.
        seed: decides the schedule.
        rate: requests per second of the ordinary clients, over 0 and at most 100.
        tokens: the `valid` and the `expired` bearer token.
        log: client.log; made when it is missing.
        noise: names of noise actors; one that is named twice is there once.
        timeout: seconds that a client waits for a whole answer.
        in_flight_max: requests in flight at most.
        on_exchange: called with each exchange after it was logged.

    Raises:
        LabError: for a rate outside its bounds, or an unknown noise actor.
    """

    def __init__(
        self,
        address: tuple[str, int],
        sources: Sequence[str],
        *,
        seed: int,
        rate: float,
        tokens: Mapping[str, str],
        log: Path,
        noise: Sequence[str] = (),
        timeout: float = 10.0,
        in_flight_max: int = 60,
        on_exchange: Callable[[Exchange], None] | None = None,
    ) -> None:
        self.seen = Seen()
        self._address, self._sources, self._seed, self._tokens = address, tuple(sources), seed, dict(tokens)
        self._noise = tuple(actor(name) for name in dict.fromkeys(noise))
        self._rate = self._first_rate = _bounded(rate)
        self._log_path = log
        self._log: ClientLog | None = None
        self._timeout, self._in_flight_max, self._on_exchange = timeout, in_flight_max, on_exchange
        self._going = asyncio.Event()
        self._pumps: set[asyncio.Task[Any]] = set()
        self._in_flight: set[asyncio.Task[Any]] = set()
        self._begun: deque[float] = deque(maxlen=MOST_PER_SECOND)
        self._once = 0
        self._defect: BaseException | None = None

    def start(self) -> None:
        """Open client.log and begin. Once only; `pause` and `resume` are for in between.

        Raises:
            OSError: when client.log cannot be opened.
        """
        if self._log is not None:
            raise RuntimeError("these clients were started before")
        self._log = ClientLog(self._log_path)
        self._going.set()
        plans = [shoppers(self._seed, self._sources, self._tokens)]
        plans += [noise_requests(who.name, self._seed, self._sources, self._tokens) for who in self._noise]
        for plan in plans:
            self._spawn(self._pump(plan), self._pumps)

    async def stop(self) -> None:
        """End everything, also what is in flight, which is not logged then; a second time does nothing.

        Raises whatever went wrong inside, such as the OSError of a client.log that could not be written.
        """
        tasks = [*self._pumps, *self._in_flight]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._log is not None:
            self._log.close()
        defect, self._defect = self._defect, None
        if defect is not None:
            raise defect

    def pause(self) -> None:
        """Begin no more requests until `resume`; those in flight go on."""
        self._going.clear()

    def resume(self) -> None:
        """Go on with the schedule from where it was."""
        self._going.set()

    def thin(self, rate: float) -> None:
        """Go on with `rate` requests per second of the ordinary clients.

        Noise is thinned in proportion to the first rate, so the mix stays the same; it never gets faster.

        Raises:
            LabError: for a rate outside its bounds.
        """
        self._rate = _bounded(rate)

    @property
    def in_flight(self) -> int:
        """How many requests are in flight."""
        return len(self._in_flight)

    async def once(self, *routes: str) -> list[Exchange]:
        """One request of each of these routes (of all, without any) now, a few at a time, logged as the others are.

        Raises:
            LabError: for a route that the shop does not have.
        """
        for name in routes:
            if name not in ROUTES:
                raise LabError(f"The shop has no route called {name!r}.", f"It has: {', '.join(ROUTES)}.", code=2)
        self._once += 1
        plan = shoppers(f"{self._seed} once {self._once}", self._sources, self._tokens, routes=routes or ROUTES)
        sending = batch(self._address, plan, timeout=self._timeout, on_exchange=self._note)
        self.seen.sent += len(routes or ROUTES)
        return await self._spawn(sending, self._in_flight)

    async def __aenter__(self) -> Clients:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _pump(self, plan: Iterator[Planned]) -> None:
        """Begin the requests of one actor when they are due."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        for planned in plan:
            due += planned.gap / self._pace(planned.actor)
            await asyncio.sleep(due - loop.time())
            if not self._going.is_set():
                await self._going.wait()
                due = loop.time()
            due = max(due, loop.time() - _LATE)
            self._begin(planned)

    def _pace(self, actor: str) -> float:
        """How many of its planned seconds an actor lives through in one second."""
        thinned = min(1.0, self._rate / self._first_rate)
        if actor != SHOPPER:
            return thinned
        return min(self._rate, MOST_PER_SECOND - thinned * sum(who.rate for who in self._noise))

    def _begin(self, planned: Planned) -> None:
        now = asyncio.get_running_loop().time()
        too_fast = len(self._begun) == MOST_PER_SECOND and now - self._begun[0] < 1.0
        if too_fast or len(self._in_flight) >= self._in_flight_max:
            self.seen.dropped += 1
            return
        self._begun.append(now)
        self.seen.sent += 1
        self._spawn(self._send(planned), self._in_flight)

    async def _send(self, planned: Planned) -> None:
        self._note(
            await exchange(
                self._address,
                planned.request,
                source=planned.client,
                timeout=self._timeout,
                patience=planned.patience,
                actor=planned.actor,
            )
        )

    def _note(self, seen: Exchange) -> None:
        self.seen.note(seen)
        if self._log is not None:
            self._log.write(seen)
        if self._on_exchange is not None:
            self._on_exchange(seen)

    def _spawn(self, work: Coroutine[Any, Any, T], group: set[asyncio.Task[Any]]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        group.add(task)
        task.add_done_callback(partial(self._ended, group))
        return task

    def _ended(self, group: set[asyncio.Task[Any]], task: asyncio.Task[Any]) -> None:
        group.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._defect = self._defect or error


def _bounded(rate: float) -> float:
    if not 0 < rate <= MOST_PER_SECOND:
        raise LabError(
            f"The clients cannot make {rate:g} requests per second.",
            f"Take more than 0, {MOST_PER_SECOND} at most.",
            code=2,
        )
    return rate
