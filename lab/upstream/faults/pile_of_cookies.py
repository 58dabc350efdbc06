"""A header that has grown too large."""

from __future__ import annotations

import hashlib

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.params import Params


class PileOfCookies(Fault):
    """`route`, `every`, `cookies`: answers of that route set a cookie for each thing that was ever looked at.

    That is nothing for most. For one path in `every`, told by a number that its path has, it is `cookies`, of about
    100 bytes each.
    """

    name = "pile-of-cookies"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.route(application.routes)
        self._every = params.whole("every", 1, 1000)
        self._cookies = params.whole("cookies", 1, 1000)

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Set the cookies, if it is the route and one of the paths."""
        answer = await proceed()
        if concerns(self._route, call) and self._number(call) % self._every == 0:
            for n in range(self._cookies):
                seen = hashlib.sha256(f"{call.path} {n}".encode()).hexdigest()
                answer.set_cookie(f"seen-{n}", seen, path="/", max_age=86_400)
        return answer

    def _number(self, call: Call) -> int:
        return int("".join(filter(str.isdigit, call.path.rpartition("/")[2])) or 1)
