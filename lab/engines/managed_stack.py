"""What every launched system does with its hops, whatever runs them."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

from lab.engines import readings
from lab.engines.base import Exit
from lab.engines.link import Links, ToxiproxyLink
from lab.engines.managed import ManagedHop
from lab.errors import LabError

OnExit = Callable[[Exit], Awaitable[None] | None]
HopT = TypeVar("HopT", bound=ManagedHop)


class ManagedStack(Generic[HopT]):
    """See the protocol `Stack`; an engine's own sets `hops`, and `links` where there are some.

    Args:
        on_exit: told of every program that ends.
    """

    hops: Mapping[str, HopT]

    def __init__(self, on_exit: OnExit) -> None:
        self.links = Links()
        self._on_exit = on_exit
        self._told: set[asyncio.Future[Any]] = set()

    def hop(self, name: str) -> HopT:
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

    async def start(self) -> None:
        """Start all hops at once; none waits for another, because their addresses are there first.

        The api comes first because it takes longest.
        """
        order = sorted(self.hops.values(), key=lambda hop: not hop.name.startswith("api"))
        ends = await asyncio.gather(*(hop.start() for hop in order), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    async def stopping(self) -> None:
        """From now on everything that ends was asked to."""
        await self.links.close()
        for hop in self.hops.values():
            hop.stopping()

    async def all_told(self) -> None:
        """Wait until every receiver is done with the news that it was told."""
        await asyncio.gather(*self._told, return_exceptions=True)

    def tell(self, exit_: Exit) -> None:
        """Pass the news on in a turn of its own, so that whatever the receiver does harms nobody here."""

        async def tell() -> None:
            result = self._on_exit(exit_)
            if inspect.isawaitable(result):
                await result

        task = asyncio.ensure_future(tell())
        self._told.add(task)
        task.add_done_callback(self._told.discard)
