"""The language of an answer, by what the client says of itself."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from lab.upstream.routes import SHOP

_BY_ROUTE = {route.name: "en" for route in SHOP}


def speaking(route: str) -> Middleware:
    """A middleware that finds no language for the answers of one route."""
    known = {name: language for name, language in _BY_ROUTE.items() if name != route}

    @web.middleware
    async def speak(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = request.match_info.route.name
        language = known[name] if name else "en"
        answer = await handler(request)
        answer.headers["Content-Language"] = language
        return answer

    return speak
