"""A header that comes in pieces."""

from __future__ import annotations

import asyncio

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.params import Params
from lab.upstream.faults.wire import OnTheWire, Wire


class Dribble(Fault):
    """`route`, `seconds`: good answers of that route are sent line by line of the header, which takes so long."""

    name = "dribble"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.route(application.routes)
        self._seconds = params.number("seconds", 0, 600)

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Have the header sent slowly, if it is the route."""
        answer = await proceed()
        return OnTheWire(answer, self._send) if concerns(self._route, call) and answer.status < 400 else answer

    async def _send(self, wire: Wire) -> None:
        lines = wire.head().splitlines(keepends=True)
        for line in lines[:-1]:
            if wire.gone:
                return
            wire.write(line)
            await asyncio.sleep(self._seconds / (len(lines) - 1))
        wire.write(lines[-1] + wire.body)
        await wire.arrived()
