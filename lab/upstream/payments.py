"""The payments service: the dependency behind the shop."""

from __future__ import annotations

import asyncio
import random

from aiohttp import web

from lab.upstream.body import json_body, whole
from lab.upstream.settings import RELEASE

_SECONDS = (0.032, 0.048)
"""A charge takes between these, about 40 ms."""


class PaymentsService:
    """Handlers, named as the routes are.

    Args:
        seed: decides how long each charge takes.
    """

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(f"payments {seed}")
        self._charges = 0

    async def health(self, request: web.Request) -> web.Response:
        """It is there."""
        return web.json_response({"status": "ok", "release": RELEASE})

    async def charges(self, request: web.Request) -> web.Response:
        """Charge an amount for an order."""
        body = await json_body(request)
        amount, order = whole(body, "amount"), whole(body, "order")
        self._charges += 1
        charge = f"ch_{self._charges:06}"
        await asyncio.sleep(self._draw.uniform(*_SECONDS))
        return web.json_response({"charge": charge, "order": order, "amount": amount, "status": "captured"}, status=201)
