"""The admin listener: faults, tokens and the state. It uses no thread, so an exhausted pool does not stop it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from lab.upstream import auth
from lab.upstream.faults.active import Active
from lab.upstream.faults.params import BadParams, Params
from lab.upstream.release import Release
from lab.upstream.routes import USERS
from lab.upstream.settings import Settings
from lab.upstream.store import Store

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Admin:
    """Controls one application.

    Attributes:
        settings: the application's.
        faults: those in force.
        store: its database, None for an application that has none.
        release: what it says of itself.
    """

    settings: Settings
    faults: Active
    store: Store | None
    release: Release

    def application(self) -> web.Application:
        """The application behind the admin listener."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/state", self.state)
        app.router.add_post("/faults", self.put_in)
        app.router.add_delete("/faults/{name}", self.take_out)
        if self.store:
            app.router.add_post("/tokens", self.issue_token)
        return app

    async def state(self, request: web.Request) -> web.Response:
        """`name`, `release`, `maintenance`, `faults` (name → parameters) and, where there is one, `pool`."""
        faults = self.faults.shown()
        state: dict[str, Any] = {
            "name": self.settings.name,
            "release": self.release.name,
            "maintenance": "maintenance" in faults,
            "faults": faults,
        }
        if self.store:
            state["pool"] = self.store.reading()
        return web.json_response(state)

    async def put_in(self, request: web.Request) -> web.Response:
        """Bring the fault `name` into force; the other keys are its parameters."""
        body = await _object(request)
        name = body.pop("name", None)
        if not isinstance(name, str):
            raise BadParams('expected {"name": a fault, …its parameters}')
        self.faults.put_in(name, body)
        return await self.state(request)

    async def take_out(self, request: web.Request) -> web.Response:
        """End a fault."""
        self.faults.take_out(request.match_info["name"])
        return await self.state(request)

    async def issue_token(self, request: web.Request) -> web.Response:
        """A token of the shop for a user, good for `ttl` seconds; a negative `ttl` makes an expired one."""
        params = Params("tokens", await _object(request))
        user, ttl = params.whole("user", 1, USERS), params.number("ttl", -365 * _DAY, 365 * _DAY)
        params.done()
        token, expires = auth.issue(self.settings.secret, user, ttl)
        return web.json_response({"token": token, "expires": expires})

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Nobody without the token, and errors as JSON."""
        if not auth.same(auth.bearer(request.headers.get("Authorization")) or "", self.settings.token):
            return web.json_response(
                {"error": "the admin token is missing or wrong"},
                status=401,
                headers={"WWW-Authenticate": 'Bearer realm="admin"'},
            )
        try:
            return await handler(request)
        except BadParams as error:
            return web.json_response({"error": str(error)}, status=400)
        except web.HTTPException as error:
            return web.json_response({"error": error.reason.lower()}, status=error.status)


async def _object(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise BadParams("the body is not JSON; expected an object") from error
    if not isinstance(body, dict):
        raise BadParams("the body is not a JSON object; expected an object")
    return body
