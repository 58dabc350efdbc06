"""A handler takes more memory than its container may have."""

from __future__ import annotations

import resource

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.params import Params


class Hoard(Fault):
    """`route`, `megabytes`: its handler collects that much before it answers.

    Where that is more than a control group allows, the kernel ends the process; elsewhere it is only a large answer's
    worth of memory, which is given back.
    """

    name = "hoard"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.route(application.routes)
        self._megabytes = params.whole("megabytes", 1, 4096)

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Collect first, if it is the route."""
        held = _collected(self._megabytes) if concerns(self._route, call) else b""
        answer = await proceed()
        del held
        return answer


def _collected(megabytes: int) -> bytearray:
    """That much memory, each page of which was written to, so that it is really there."""
    held = bytearray(megabytes << 20)
    page = resource.getpagesize()
    held[::page] = b"x" * len(range(0, len(held), page))
    return held
