"""A catch-all that answers 200, whatever happened."""

from __future__ import annotations

from aiohttp import web

from lab.upstream.call import Call, Refused
from lab.upstream.faults.base import Proceed, concerns
from lab.upstream.faults.feature import Feature


class Envelope(Feature):
    """`route`, `feature`: as the fault `feature`, but what it raises is caught, and told in the body of a 200."""

    name = "envelope"

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """The feature first, if it is the route."""
        try:
            return await super().around(call, proceed)
        except Refused:
            raise
        except Exception as error:
            if not concerns(self._route, call):
                raise
            call.error = f"{type(error).__name__}: {error}"
            return web.json_response({"ok": False, "error": "something went wrong", "request_id": call.rid})
