"""The process dies in the middle of an answer."""

from __future__ import annotations

import os
import signal

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.break_off import part_of
from lab.upstream.faults.params import Params
from lab.upstream.faults.wire import OnTheWire, Wire


class DieSending(Fault):
    """`route`, `share`: after that share of a good answer's body the process ends by SIGKILL."""

    name = "die-sending"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.route(application.routes)
        self._share = params.number("share", 0, 1)

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Die while the answer is sent, if it is the route."""
        answer = await proceed()
        return OnTheWire(answer, self._send) if concerns(self._route, call) and answer.status < 400 else answer

    async def _send(self, wire: Wire) -> None:
        wire.write(wire.head() + part_of(wire.body, self._share))
        await wire.arrived()
        os.kill(os.getpid(), signal.SIGKILL)
