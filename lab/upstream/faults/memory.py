"""The process may have no more memory than it has, and a bit."""

from __future__ import annotations

import resource
from pathlib import Path

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.params import BadParams, Params
from lab.upstream.features.report import assemble

_STATM = Path("/proc/self/statm")
_MARGIN = 2 << 30
"""Bytes of address space that are left, for threads that are still to come: each reserves some 64 MB and uses few."""
_REPORT = 6 << 30


class Memory(Fault):
    """`route`: its handler needs more than is left (RLIMIT_AS). The process lives on."""

    name = "memory"

    def __init__(self, params: Params, application: Application) -> None:
        if not _STATM.exists():
            raise BadParams(f"{self.name}: this system does not tell the size of a process")
        self._route = params.route(application.routes)
        self._before = resource.getrlimit(resource.RLIMIT_AS)

    def put_in(self) -> None:
        """The limit is set."""
        size = int(_STATM.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + _MARGIN, self._before[1]))

    def taken_out(self) -> None:
        """The limit is lifted."""
        resource.setrlimit(resource.RLIMIT_AS, self._before)

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Have it assemble its report first, if it is the route."""
        if concerns(self._route, call):
            assemble(_REPORT)
        return await proceed()
