"""A proxy: a listener, its toxics, and the connections that came through it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import random
import socket
from collections.abc import Iterator
from itertools import chain

from lab.toxiproxy.address import Place, bound, listening
from lab.toxiproxy.connection import Connection
from lab.toxiproxy.draws import Draws
from lab.toxiproxy.journal import Journal
from lab.toxiproxy.jsonish import dump, float32
from lab.toxiproxy.link import Link
from lab.toxiproxy.metrics import Counters
from lab.toxiproxy.options import Options
from lab.toxiproxy.toxics.base import Toxic

BREATH = 0.1
"""Seconds without accepting when there are no more file descriptors."""

_SPENT = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Proxy:
    """One proxy. Nothing here waits, so calls about it never do either.

    Attributes:
        name: it.
        listen: as asked for, once started as bound.
        upstream: as asked for; resolved at each connection.
        enabled: whether it listens.
        toxics: upstream's, then downstream's, in order of creation.
    """

    def __init__(
        self,
        name: str,
        listen: str,
        upstream: str,
        options: Options,
        draws: Draws,
        counters: Counters,
        journal: Journal,
    ) -> None:
        self.name = name
        self.listen = listen
        self.upstream = upstream
        self.enabled = False
        self.toxics: tuple[list[Toxic], list[Toxic]] = ([], [])
        self._options = options
        self._draws = draws
        self._counters = counters
        self._journal = journal
        self._listener: socket.socket | None = None
        self._connections: dict[Connection, asyncio.Task[None]] = {}
        self._count = 0

    def start(self, place: Place) -> None:
        """Listen at a place.

        Raises:
            BadAddress: it can't be bound.
        """
        self._listener = listening(place)
        self.listen = bound(self._listener)
        self.enabled = True
        asyncio.get_running_loop().add_reader(self._listener, self._accept, self._listener)

    def stop(self) -> None:
        """Listen no more, and close every connection."""
        self.enabled = False
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None
        for connection, task in list(self._connections.items()):
            task.cancel()
            connection.abort("disabled")

    def differs(self, place: Place, upstream: str) -> bool:
        """Whether it would have to be restarted to be there and lead there. Port 0 is always another port."""
        return upstream != self.upstream or place.canonical != self.listen

    def toxic(self, name: str) -> Toxic | None:
        """The toxic of that name; names are unique over both streams."""
        return next((toxic for toxic in chain(*self.toxics) if toxic.name == name), None)

    def add(self, toxic: Toxic) -> None:
        """Add a toxic; it acts on open connections, too."""
        self._side(toxic).append(toxic)
        for link in self._links(toxic):
            link.add(toxic)

    def changed(self, toxic: Toxic) -> None:
        """A toxic's settings have changed."""
        for link in self._links(toxic):
            link.change(toxic)

    def remove(self, toxic: Toxic) -> None:
        """Remove a toxic."""
        self._side(toxic).remove(toxic)
        for link in self._links(toxic):
            link.remove(toxic)

    def connections(self) -> Iterator[Connection]:
        """Those that are open."""
        return iter(list(self._connections))

    def json(self) -> str:
        """As the API shows it."""
        toxics = ",".join(map(toxic_json, chain(*self.toxics)))
        return (
            f'{{"name":{dump(self.name)},"listen":{dump(self.listen)},"upstream":{dump(self.upstream)},'
            f'"enabled":{dump(self.enabled)},"Logger":{{}},"toxics":[{toxics}]}}'
        )

    def _side(self, toxic: Toxic) -> list[Toxic]:
        return self.toxics[0 if toxic.upstream else 1]

    def _links(self, toxic: Toxic) -> Iterator[Link]:
        for connection in self.connections():
            if connection.links:
                yield connection.links[0 if toxic.upstream else 1]

    def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(64):
            try:
                client, _address = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno in _SPENT:
                    loop.remove_reader(listener)
                    loop.call_later(BREATH, self._resume, listener)
                return
            client.setblocking(False)
            with contextlib.suppress(OSError):  # of a client that is gone again
                self._connect(client)
                continue
            client.close()

    def _resume(self, listener: socket.socket) -> None:
        if listener is self._listener:
            asyncio.get_running_loop().add_reader(listener, self._accept, listener)

    def _connect(self, client: socket.socket) -> None:
        self._count += 1
        serial = self._count

        def chance(toxic: str, purpose: str) -> random.Random:
            return self._draws.of(self.name, toxic, purpose, serial)

        connection = Connection(
            client,
            self.upstream,
            chance,
            transparent=self._options.transparent,
            timed=self._options.journal,
            gone=self._gone,
        )
        for toxic in chain(*self.toxics):
            toxic.opened += 1
            if toxic.stage.refuses(toxic) and chance(toxic.name, "toxicity").random() < toxic.toxicity:
                connection.abort(f"toxic {toxic.name}", reset=bool(toxic.attributes.get("reset")))
                return
        task = asyncio.get_running_loop().create_task(connection.open(lambda: self.toxics))
        self._connections[connection] = task

    def _gone(self, connection: Connection) -> None:
        self._connections.pop(connection, None)
        if self._options.proxy_metrics and connection.links:
            self._counters.add(self, connection)
        if self._options.journal:
            self._journal.add(connection.record(self.name))


def toxic_json(toxic: Toxic) -> str:
    """A toxic as the API shows it."""
    return (
        f'{{"attributes":{dump(toxic.attributes)},"name":{dump(toxic.name)},"type":{dump(toxic.type)},'
        f'"stream":{dump(toxic.stream)},"toxicity":{float32(toxic.toxicity)}}}'
    )
