"""The application's own maintenance switch."""

from __future__ import annotations

from aiohttp import web

from lab.upstream.call import Call, error_answer
from lab.upstream.faults.base import Application, Fault, Proceed
from lab.upstream.faults.params import Params


class Maintenance(Fault):
    """`retry_after` (whole seconds): every route but health answers 503 with `Retry-After`."""

    name = "maintenance"

    def __init__(self, params: Params, application: Application) -> None:
        self._retry_after = params.whole("retry_after", 0, 86_400)
        self._journal = application.journal

    def put_in(self) -> None:
        """The switch is turned on, and the log says so."""
        self._journal.write("maintenance.on", level="warning", retry_after=self._retry_after)

    def taken_out(self) -> None:
        """The switch is turned off, and the log says so."""
        self._journal.write("maintenance.off")

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Answer for the handlers, except for the one that load balancers ask."""
        if call.route == "health":
            return await proceed()
        return error_answer(call, 503, "down for maintenance", {"Retry-After": str(self._retry_after)})
