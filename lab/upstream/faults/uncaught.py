"""What usually is caught and answered for is not."""

from __future__ import annotations

from aiohttp import web

from lab.upstream.call import Call, Refused
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.params import Params
from lab.upstream.store import PoolTimeout


class Uncaught(Fault):
    """`route`: what the shop's own refusals there were made from comes out as it was raised."""

    name = "uncaught"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.route(application.routes)

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Handle it as if nobody caught anything, if it is the route."""
        try:
            return await proceed()
        except (Refused, PoolTimeout) as error:
            if concerns(self._route, call) and error.__cause__ is not None:
                raise error.__cause__ from None
            raise
