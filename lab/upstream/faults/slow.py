"""A handler takes longer than it should."""

from __future__ import annotations

import asyncio

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.params import Params


class Slow(Fault):
    """`route`, `seconds`: its handler takes that much longer and then answers as always.

    It goes on when nobody listens any more, so the log has a late 200.
    """

    name = "slow"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.route(application.routes)
        self._seconds = params.number("seconds", 0, 600)

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Take the time first, if it is the route; no connection is held meanwhile."""
        if concerns(self._route, call):
            await asyncio.sleep(self._seconds)
        return await proceed()
