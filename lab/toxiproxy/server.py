"""The embedded server: a control API and the proxies that it makes, inside a running loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from lab.toxiproxy.address import listening, resolve
from lab.toxiproxy.api import Api
from lab.toxiproxy.collection import Collection
from lab.toxiproxy.http import HttpServer
from lab.toxiproxy.journal import Record
from lab.toxiproxy.options import Options
from lab.toxiproxy.request import HEAD


class Server:
    """Speaks Toxiproxy's API. An async context manager: entered, it answers; left, everything is closed.

    Args:
        host, port: of the control API; port 0 is one of the system's choice.
        seed, transparent, journal, populate_toxics, proxy_metrics, runtime_metrics: see `Options`.

    Raises:
        BadAddress: on entering, when the address can't be used.

    Attributes:
        address: host and port of the API, once it is entered.
    """

    address: tuple[str, int]

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 8474,
        *,
        seed: int | None = None,
        transparent: bool = False,
        journal: bool = False,
        populate_toxics: bool = False,
        proxy_metrics: bool = False,
        runtime_metrics: bool = False,
    ) -> None:
        options = Options(seed, transparent, journal, populate_toxics, proxy_metrics, runtime_metrics)
        self._wanted = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._collection = Collection(options)
        self._http = HttpServer(Api(self._collection, options).answer)
        self._server: asyncio.Server | None = None

    @property
    def journal(self) -> Sequence[Record]:
        """The latest 10,000 connections that are over, in the order in which they ended; empty without `journal`."""
        return self._collection.journal.records

    @property
    def journal_let_go(self) -> int:
        """How many older records the journal had no more room for."""
        return self._collection.journal.let_go

    async def populate(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Create proxies, as POST /populate does.

        Args:
            entries: as `bodies.entries` gives them.

        Raises:
            Refused: with the API's text.
        """
        await self._collection.populate(entries)

    async def __aenter__(self) -> Self:
        listener = listening((await resolve(self._wanted))[0])
        host, port = listener.getsockname()[:2]
        self.address = host, port
        self._server = await asyncio.start_server(self._http.serve, sock=listener, limit=HEAD)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._http.close()
        self._collection.close()
        await asyncio.sleep(0)  # lets what was cancelled see it
