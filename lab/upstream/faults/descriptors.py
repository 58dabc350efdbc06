"""A route uses up the descriptors of the process."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import BinaryIO

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns, shop_of
from lab.upstream.faults.params import BadParams, Params
from lab.upstream.features.attachments import PAGES, attach

_OWN = Path("/proc/self/fd")
_FREE = 3 * PAGES + 12
"""Three requests' worth. What is over keeps the rest of the process going, but for moments."""


class Descriptors(Fault):
    """`route`: its handler opens files that nobody closes, under a limit (RLIMIT_NOFILE) that is soon reached."""

    name = "descriptors"

    def __init__(self, params: Params, application: Application) -> None:
        _, files = shop_of(application, self.name)
        if not _OWN.exists():
            raise BadParams(f"{self.name}: this system does not tell the descriptors of a process")
        self._route = params.route(application.routes)
        self._source = files.templates.path("checkout")
        self._open: list[BinaryIO] = []
        self._before = resource.getrlimit(resource.RLIMIT_NOFILE)

    def put_in(self) -> None:
        """The limit is set."""
        used = [int(one.name) for one in _OWN.iterdir()]
        most = max(len(used) + _FREE, max(used) + 1)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, self._before[1]))

    def taken_out(self) -> None:
        """The files are closed, and the limit is as before."""
        while self._open:
            self._open.pop().close()
        resource.setrlimit(resource.RLIMIT_NOFILE, self._before)

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Have it open its files first, if it is the route."""
        if concerns(self._route, call):
            await attach(self._source, self._open)
        return await proceed()
