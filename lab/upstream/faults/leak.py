"""Database connections that are not given back."""

from __future__ import annotations

import threading

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.params import BadParams, Params
from lab.upstream.queue_pool import PoolProxiedConnection


class Leak(Fault):
    """`route`, `every`: each `every`-th request of that route keeps its connection, as a forgotten close does.

    The connections stay taken until the fault is taken out.
    """

    name = "leak"

    def __init__(self, params: Params, application: Application) -> None:
        if application.store is None:
            raise BadParams(f"leak: {application.name} has no database pool; expected an api")
        self._route = params.route(application.routes)
        self._every = params.whole("every", 1, 1_000_000)
        self._seen = 0
        self._over = False
        self._kept: list[PoolProxiedConnection] = []
        self._lock = threading.Lock()

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Have this request keep its connection, if it is its turn."""
        if concerns(self._route, call):
            self._seen += 1
            if self._seen % self._every == 0:
                call.keep = self._keep
        return await proceed()

    def taken_out(self) -> None:
        """Give back all that were kept, and all that requests under way were going to keep."""
        with self._lock:
            self._over = True
            kept, self._kept = self._kept, []
        for connection in kept:
            connection.close()

    def _keep(self, connection: PoolProxiedConnection) -> None:
        with self._lock:
            if not self._over:
                self._kept.append(connection)
                return
        connection.close()
