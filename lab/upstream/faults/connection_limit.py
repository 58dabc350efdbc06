"""A guard that resets connections."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed
from lab.upstream.faults.params import Params
from lab.upstream.faults.wire import reset

_WINDOW = 1.0
"""Seconds over which connections are counted."""


class ConnectionLimit(Fault):
    """`most`: a guard against floods lets every address make so many connections in a second, and resets the others.

    It does not know that behind a gateway all requests come from one address.
    """

    name = "connection-limit"

    def __init__(self, params: Params, application: Application) -> None:
        self._most = params.whole("most", 0, 1000)
        self._door = application.door
        self._made: defaultdict[str, deque[float]] = defaultdict(deque)

    def put_in(self) -> None:
        """It stands at the door."""
        self._door.guard = self._may_stay

    def taken_out(self) -> None:
        """It is gone."""
        self._door.guard = None

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Who was let in is served as always."""
        return await proceed()

    def _may_stay(self, transport: asyncio.Transport) -> bool:
        now = time.monotonic()
        made = self._made[transport.get_extra_info("peername")[0]]
        while made and now - made[0] > _WINDOW:
            made.popleft()
        if len(made) < self._most:
            made.append(now)
            return True
        reset(transport)
        return False
