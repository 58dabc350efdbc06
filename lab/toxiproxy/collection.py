"""The proxies of a server, and what may be done to them. Names are resolved before anything is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lab.toxiproxy import bodies
from lab.toxiproxy.address import BadAddress, Place, resolve
from lab.toxiproxy.draws import Draws
from lab.toxiproxy.journal import Journal
from lab.toxiproxy.metrics import Counters
from lab.toxiproxy.options import Options
from lab.toxiproxy.proxy import Proxy
from lab.toxiproxy.refused import Refused
from lab.toxiproxy.toxics.base import Toxic
from lab.toxiproxy.toxics.make import make_toxic


class Collection:
    """Proxies by name. Every method may raise `Refused`, with the real server's statuses and texts.

    Attributes:
        counters: bytes that went through.
        journal: a record of each connection that is over, if that is asked for.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._draws = Draws(options.seed)
        self._proxies: dict[str, Proxy] = {}
        self.counters = Counters()
        self.journal = Journal()

    def all(self) -> list[Proxy]:
        """Every proxy, by name."""
        return [self._proxies[name] for name in sorted(self._proxies, key=lambda name: name.encode())]

    def get(self, name: str) -> Proxy:
        """One proxy."""
        if name not in self._proxies:
            raise Refused(404, "proxy not found")
        return self._proxies[name]

    async def create(self, fields: Mapping[str, Any]) -> Proxy:
        """A new proxy."""
        missing(fields)
        proxy, enabled = self._new(fields), fields.get("enabled", True)
        if proxy.name in self._proxies:
            raise Refused(409, "proxy already exists")
        if enabled:
            place = await _place(proxy.listen)
            if proxy.name in self._proxies:
                raise Refused(409, "proxy already exists")
            _start(proxy, place)
        self._proxies[proxy.name] = proxy
        return proxy

    async def update(self, proxy: Proxy, fields: Mapping[str, Any]) -> None:
        """Change a proxy; what is absent stays."""
        listen, upstream = fields.get("listen", proxy.listen), fields.get("upstream", proxy.upstream)
        enabled = fields.get("enabled", proxy.enabled)
        place = await _place(listen, "")
        self._current(proxy)
        if proxy.differs(place, upstream):
            proxy.stop()
            proxy.listen, proxy.upstream = listen, upstream
        if enabled and not proxy.enabled:
            _start(proxy, place)
        elif proxy.enabled and not enabled:
            proxy.stop()

    def delete(self, name: str) -> None:
        """Stop a proxy and forget it."""
        self.get(name).stop()
        del self._proxies[name]

    async def populate(self, entries: Sequence[Mapping[str, Any]]) -> list[Proxy]:
        """Make these proxies be there; those that are there and the same are left alone."""
        for number, fields in enumerate(entries, 1):
            missing(fields, f" at proxy {number}")
        toxics = [self._toxics_of(fields) for fields in entries]
        done: list[Proxy] = []
        for fields, more in zip(entries, toxics, strict=True):
            try:
                proxy, new = await self._put(fields)
            except Refused as refused:
                raise Refused(refused.status, str(refused), done) from None
            for toxic in more if new else ():
                proxy.add(toxic)
            done.append(proxy)
        return done

    async def reset(self) -> None:
        """Start every disabled proxy and remove all toxics. What can't start is told when all others are done."""
        failed: Refused | None = None
        for proxy in self.all():
            try:
                if not proxy.enabled:
                    place = await _place(proxy.listen)
                    if self._proxies.get(proxy.name) is proxy and not proxy.enabled:
                        _start(proxy, place)
            except Refused as refused:
                failed = failed or refused
                continue
            for toxic in [toxic for side in proxy.toxics for toxic in side]:
                proxy.remove(toxic)
        if failed:
            raise failed

    def toxic(self, proxy: Proxy, name: str) -> Toxic:
        """One toxic of a proxy."""
        if toxic := proxy.toxic(name):
            return toxic
        raise Refused(404, "toxic not found")

    def add_toxic(self, proxy: Proxy, value: Any) -> Toxic:
        """A new toxic, from a parsed body."""
        toxic = make_toxic(value, [toxic.name for side in proxy.toxics for toxic in side])
        proxy.add(toxic)
        return toxic

    def change_toxic(self, proxy: Proxy, toxic: Toxic, value: Any) -> None:
        """Other settings, from a parsed body. Attributes that are right are kept even if others are wrong."""
        try:
            given = bodies.attributes(toxic.stage, value, update=True)
        except bodies.BadBody as bad:
            toxic.attributes.update(bad.read.get("attributes", {}))
            raise
        toxic.attributes.update(given["attributes"])
        toxic.toxicity = given.get("toxicity", toxic.toxicity)
        proxy.changed(toxic)

    def close(self) -> None:
        """Stop every proxy."""
        for proxy in self.all():
            proxy.stop()
        self._proxies.clear()

    def _new(self, fields: Mapping[str, Any]) -> Proxy:
        name, listen, upstream = fields["name"], fields.get("listen", ""), fields["upstream"]
        return Proxy(name, listen, upstream, self._options, self._draws, self.counters, self.journal)

    def _current(self, proxy: Proxy) -> None:
        """A proxy may have been deleted or replaced while a name was looked up."""
        if self._proxies.get(proxy.name) is not proxy:
            raise Refused(404, "proxy not found")

    async def _put(self, fields: Mapping[str, Any]) -> tuple[Proxy, bool]:
        """The proxy of one entry, and whether it is new."""
        proxy, enabled = self._new(fields), fields.get("enabled", True)
        existing = self._proxies.get(proxy.name)
        place: Place | None = None
        if existing:
            place = await _place(proxy.listen, "")
        elif enabled:
            place = await _place(proxy.listen)
        existing = self._proxies.get(proxy.name)
        if existing and place:
            if not existing.differs(place, proxy.upstream):
                return existing, False
            existing.stop()
        if enabled and place:
            _start(proxy, place)
        self._proxies[proxy.name] = proxy
        return proxy, True

    def _toxics_of(self, fields: Mapping[str, Any]) -> list[Toxic]:
        """The toxics inside an entry, where that is asked for."""
        given = fields.get("toxics") if self._options.populate_toxics else None
        made: list[Toxic] = []
        for value in given if isinstance(given, list) else ():
            made.append(make_toxic(value, [toxic.name for toxic in made]))
        return made


def missing(fields: Mapping[str, Any], where: str = "") -> None:
    """Refuse a proxy without name or upstream."""
    for name in ("name", "upstream"):
        if not fields.get(name):
            raise Refused(400, f"missing required field: {name}{where}")


async def _place(listen: str, prefix: str = "listen tcp: ") -> Place:
    try:
        return (await resolve(listen))[0]
    except BadAddress as bad:
        raise Refused(500, f"{prefix}{bad}") from None


def _start(proxy: Proxy, place: Place) -> None:
    try:
        proxy.start(place)
    except BadAddress as bad:
        raise Refused(500, f"listen tcp {bad}") from None
