"""The payments service: the dependency behind the shop."""

from __future__ import annotations

import asyncio
import random

from aiohttp import web

from lab.upstream import auth
from lab.upstream.body import json_body, whole
from lab.upstream.call import Refused
from lab.upstream.release import Release

_SECONDS = (0.032, 0.048)
"""A charge takes between these, about 40 ms."""


class PaymentsService:
    """Handlers, named as the routes are.

    Args:
        seed: decides how long each charge takes.
        release: what it is.
        key: what has to be shown.

    Attributes:
        key: that.
        refusal: what is said of another.
    """

    def __init__(self, seed: int, release: Release, key: str) -> None:
        self.key = key
        self.refusal = "the key is not valid"
        self._release = release
        self._draw = random.Random(f"payments {seed}")
        self._charges = 0

    async def health(self, request: web.Request) -> web.Response:
        """It is there."""
        return web.json_response({"status": "ok", "release": self._release.name})

    async def charges(self, request: web.Request) -> web.Response:
        """Charge an amount for an order, for those who have the key."""
        if not auth.same(auth.bearer(request.headers.get("Authorization")) or "", self.key):
            raise Refused(401, self.refusal, WWW_Authenticate='Bearer realm="payments"')
        body = await json_body(request)
        amount, order = whole(body, "amount"), whole(body, "order")
        self._charges += 1
        charge = f"ch_{self._charges:06}"
        await asyncio.sleep(self._draw.uniform(*_SECONDS))
        return web.json_response({"charge": charge, "order": order, "amount": amount, "status": "captured"}, status=201)
