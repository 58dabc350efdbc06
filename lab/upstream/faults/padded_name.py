"""A header whose name is no name."""

from __future__ import annotations

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.params import Params
from lab.upstream.faults.wire import OnTheWire, Wire

HEADERS = {"X-Region": "eu-central", "X-Tenant": "shop", "X-Backend": "blue", "X-Partner": "none"}
"""Name → value."""
_WIDTH = 16


class PaddedName(Fault):
    """`route`, `header`: good answers of that route have one header more.

    Its name comes out of a field of 16 bytes, padded with zero bytes as C libraries keep them, and nobody cuts
    those off.
    """

    name = "padded-name"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.route(application.routes)
        self._header = params.choice("header", HEADERS)

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Add the header, if it is the route."""
        answer = await proceed()
        return OnTheWire(answer, self._send) if concerns(self._route, call) and answer.status < 400 else answer

    async def _send(self, wire: Wire) -> None:
        field = self._header.encode().ljust(_WIDTH, b"\0")
        *lines, end = wire.head().splitlines(keepends=True)
        wire.write(b"".join([*lines, field, b": ", HEADERS[self._header].encode(), b"\r\n", end, wire.body]))
