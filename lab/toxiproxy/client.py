"""The client side: one object for each Toxiproxy server, embedded or real. Every call of the lab goes through it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from lab.toxiproxy import states
from lab.toxiproxy.consumer import Consumer, ToxiproxyError
from lab.toxiproxy.states import ProxyState, Stream, ToxicState

__all__ = ["ProxyHandle", "ProxyState", "Stream", "ToxicState", "Toxiproxy", "ToxiproxyError"]

POLL = 0.02
"""Seconds between two questions whether a server is there."""


class Toxiproxy:
    """One server.

    Args:
        host, port: of its control API.
        timeout: seconds for the connect, and for each time that the server is silent.

    No call is made until a method is called. Every method may raise `ToxiproxyError`.
    """

    def __init__(self, host: str, port: int, *, timeout: float = 2.0) -> None:
        self._consumer = Consumer(host, port, timeout)

    async def version(self) -> str:
        """What the server calls itself; `git` unless it is a release build."""
        return await self._consumer.ask("get", "/version", "tell its version", read=states.version)

    async def ready(self, within: float = 5.0) -> None:
        """Wait until the server answers, for so many seconds at most."""
        deadline = time.monotonic() + within
        while True:
            patience = max(POLL, min(self._consumer.timeout, deadline - time.monotonic()))
            try:
                await self._consumer.ask("get", "/version", "tell its version", read=states.version, timeout=patience)
                return
            except ToxiproxyError as error:
                if time.monotonic() + POLL > deadline:
                    what = f"No Toxiproxy was ready within {within:g} s. {error.what}"
                    raise ToxiproxyError(what, error.cure, status=error.status) from None
            await asyncio.sleep(POLL)

    async def create(self, name: str, listen: str, upstream: str, *, enabled: bool = True) -> ProxyState:
        """A new proxy. `listen` and `upstream` are `host:port`; port 0 listens on any that is free."""
        _path(name)
        body = {"name": name, "listen": listen, "upstream": upstream, "enabled": enabled}
        return await self._consumer.ask("post", "/proxies", f"create proxy {name!r}", body, read=states.proxy)

    async def populate(self, entries: Sequence[Mapping[str, Any]]) -> tuple[ProxyState, ...]:
        """Have these proxies (`name`, `listen`, `upstream`, `enabled`) be there, in one call.

        Those that are there and the same are left alone, with their toxics; others of that name are replaced. Proxies
        that are not named stay. `toxics` inside an entry count only for a server that was asked to take them.
        """
        for entry in entries:
            if isinstance(name := entry.get("name"), str):
                _path(name)
        return await self._consumer.ask(
            "post", "/populate", "populate", [dict(entry) for entry in entries], read=states.populated
        )

    async def proxies(self) -> dict[str, ProxyState]:
        """Every proxy by its name."""
        return await self._consumer.ask("get", "/proxies", "list its proxies", read=states.proxies)

    async def delete(self, name: str) -> None:
        """Stop a proxy, close its connections and forget it."""
        await self._consumer.ask("delete", _path(name), f"delete proxy {name!r}", read=states.nothing)

    async def reset(self) -> None:
        """Enable every proxy and remove all toxics."""
        await self._consumer.ask("post", "/reset", "reset", read=states.nothing)

    def proxy(self, name: str) -> ProxyHandle:
        """A handle for a proxy, whether it is there or not; no call is made."""
        return ProxyHandle(self._consumer, name)


class ProxyHandle:
    """One proxy of a server. It keeps nothing: each method asks. Every method may raise `ToxiproxyError`.

    Attributes:
        name: the proxy's.
    """

    def __init__(self, consumer: Consumer, name: str) -> None:
        self.name = name
        self._consumer = consumer
        self._path = _path(name)

    async def state(self) -> ProxyState:
        """What the server has now."""
        return await self._consumer.ask("get", self._path, f"show proxy {self.name!r}", read=states.proxy)

    async def enable(self) -> None:
        """Listen (again)."""
        await self._consumer.ask(
            "post", self._path, f"enable proxy {self.name!r}", {"enabled": True}, read=states.proxy
        )

    async def disable(self) -> None:
        """Stop listening and close all connections; toxics stay."""
        await self._consumer.ask(
            "post", self._path, f"disable proxy {self.name!r}", {"enabled": False}, read=states.proxy
        )

    async def update(self, *, listen: str | None = None, upstream: str | None = None) -> ProxyState:
        """Other addresses. A real change closes all connections and keeps the toxics."""
        given = {"listen": listen, "upstream": upstream}
        body = {key: value for key, value in given.items() if value is not None}
        return await self._consumer.ask("post", self._path, f"change proxy {self.name!r}", body, read=states.proxy)

    async def toxics(self) -> tuple[ToxicState, ...]:
        """Its toxics: first those upstream, then those downstream."""
        deed = f"list the toxics of proxy {self.name!r}"
        return await self._consumer.ask("get", f"{self._path}/toxics", deed, read=states.toxics)

    async def add(
        self,
        type: str,
        attributes: Mapping[str, int],
        *,
        name: str | None = None,
        stream: Stream = "downstream",
        toxicity: float = 1.0,
    ) -> ToxicState:
        """A new toxic, at once and on open connections too.

        Args:
            type: such as `latency`.
            attributes: integers; those that are not given are 0.
            name: by default `TYPE_STREAM`.
            stream: what it acts on.
            toxicity: the part of the connections that it acts on, drawn once for each.
        """
        body = {"type": type, "stream": stream, "toxicity": toxicity, "attributes": dict(attributes)}
        if name is not None:
            _path(name)
            body["name"] = name
        deed = f"add toxic {name or f'{type}_{stream}'!r} to proxy {self.name!r}"
        return await self._consumer.ask("post", f"{self._path}/toxics", deed, body, read=states.toxic)

    async def change(self, name: str, attributes: Mapping[str, int], *, toxicity: float | None = None) -> ToxicState:
        """Other settings of a toxic; what is not given stays. Which connections it acts on is drawn again."""
        body: dict[str, Any] = {"attributes": dict(attributes)}
        if toxicity is not None:
            body["toxicity"] = toxicity
        deed = f"change toxic {name!r} of proxy {self.name!r}"
        return await self._consumer.ask("post", self._toxic(name), deed, body, read=states.toxic)

    async def remove(self, name: str) -> None:
        """Take a toxic away."""
        deed = f"remove toxic {name!r} of proxy {self.name!r}"
        await self._consumer.ask("delete", self._toxic(name), deed, read=states.nothing)

    async def clear(self) -> None:
        """Take every toxic away."""
        for toxic in await self.toxics():
            try:
                await self.remove(toxic.name)
            except ToxiproxyError as error:
                if error.status != 404:  # somebody else was quicker
                    raise

    def _toxic(self, name: str) -> str:
        return f"{self._path}/toxics{_path(name).removeprefix('/proxies')}"


def _path(name: str) -> str:
    """Where a proxy is addressed.

    Servers decode the path before they look for its parts, so `a/toxics/b` would be toxic b of a.
    """
    try:
        if name and "/" not in name and name not in (".", ".."):
            return f"/proxies/{quote(name, safe='')}"
    except UnicodeEncodeError:
        pass
    raise ToxiproxyError(
        f"No call could address a proxy or toxic that is named {name!r}.",
        "Give a name of Unicode text without `/` that is neither empty nor just dots.",
    )
