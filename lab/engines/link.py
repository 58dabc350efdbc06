"""The links of a launched system: the ways between its hops, steered through a Toxiproxy server, embedded or real."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress

from lab.engines.base import Stream
from lab.errors import LabError
from lab.toxiproxy.client import ProxyHandle, Toxiproxy, ToxiproxyError

PATIENCE = 10.0
"""Seconds for a call about a link: a real Toxiproxy removes a slow toxic only once its connections let go of it."""
STEP = 0.2
"""Seconds between two steps of a drift."""


class Links:
    """All links of one system.

    Args:
        server: has a proxy for each of them, called as the hop behind it.
        hops: those that are reached over a link.
    """

    def __init__(self, server: Toxiproxy | None = None, hops: Collection[str] = ()) -> None:
        self._links = {hop: ToxiproxyLink(server.proxy(hop)) for hop in hops} if server else {}

    def to(self, hop: str) -> ToxiproxyLink:
        """See `Stack.link`."""
        if hop not in self._links:
            known = f"Links lead to {', '.join(self._links)}." if self._links else "All routes are direct here."
            raise LabError(f"{hop} is not reached over a link.", f"{known} `topology.routes` decides that.", code=2)
        return self._links[hop]

    async def close(self) -> None:
        """End what goes on by itself."""
        for link in self._links.values():
            await link.close()


class ToxiproxyLink:
    """See the protocol `Link`.

    Args:
        proxy: it.
    """

    def __init__(self, proxy: ProxyHandle) -> None:
        self._proxy = proxy
        self._drifts: dict[str, asyncio.Task[None]] = {}

    async def add(self, name: str, type: str, attributes: Mapping[str, int], *, stream: Stream = "downstream") -> None:
        with _told():
            await self._proxy.add(type, attributes, name=name, stream=stream)

    async def change(self, name: str, attributes: Mapping[str, int]) -> None:
        with _told():
            await self._proxy.change(name, attributes)

    def drift(self, name: str, attribute: str, start: int, end: int, over: float) -> None:
        self._drifts[name] = asyncio.create_task(self._drift(name, attribute, start, end, over))

    async def remove(self, name: str) -> None:
        await self._end_drift(name)
        with _told():
            if name in {toxic.name for toxic in await self._proxy.toxics()}:
                await self._proxy.remove(name)

    async def up(self, up: bool) -> None:
        with _told():
            await (self._proxy.enable() if up else self._proxy.disable())

    async def close(self) -> None:
        """End its drifts."""
        for name in list(self._drifts):
            await self._end_drift(name)

    async def _drift(self, name: str, attribute: str, start: int, end: int, over: float) -> None:
        began = time.monotonic()
        # Where the server is gone, or the toxic, there is nothing to move any more; that is noticed elsewhere.
        with suppress(ToxiproxyError):
            while (passed := time.monotonic() - began) < over:
                await self._proxy.change(name, {attribute: round(start * (end / start) ** (passed / over))})
                await asyncio.sleep(STEP)
            await self._proxy.change(name, {attribute: end})

    async def _end_drift(self, name: str) -> None:
        if task := self._drifts.pop(name, None):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@contextmanager
def _told() -> Iterator[None]:
    """The client's errors as the lab's."""
    try:
        yield
    except ToxiproxyError as error:
        raise LabError(error.what, error.cure, code=3) from error
