"""Puts the parts of one process together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from lab.upstream import auth
from lab.upstream.admin import Admin
from lab.upstream.call import Refused, call_of
from lab.upstream.client import Payments
from lab.upstream.faults.active import Active
from lab.upstream.faults.base import Application
from lab.upstream.journal import Journal
from lab.upstream.middleware import lifecycle
from lab.upstream.payments import PaymentsService
from lab.upstream.routes import LARGEST_BODY, PAYMENTS, SHOP, Route
from lab.upstream.settings import Settings
from lab.upstream.shop import Shop
from lab.upstream.store import Store


@dataclass(frozen=True, slots=True)
class Served:
    """The two applications of a process: the one it is for, and the one that controls it."""

    public: web.Application
    admin: web.Application


def build(settings: Settings, journal: Journal) -> Served:
    """The applications of a process; called inside the running loop.

    Raises:
        OSError: when the database can't be made.
        BadParams: for a fault that doesn't exist, or parameters that it does not take.
    """
    store = Store(settings) if settings.kind == "api" else None
    routes = SHOP if store else PAYMENTS
    names = frozenset(route.name for route in routes)
    faults = Active(Application(settings.name, journal, names, store))
    for fault in settings.faults:
        faults.put_in(str(fault["name"]), {key: value for key, value in fault.items() if key != "name"})
    client = None
    if store and settings.payments:
        client = Payments(settings.payments, settings.source, settings.payments_timeout, journal)
    handlers = Shop(store, client, settings.secret) if store else PaymentsService(settings.seed)
    around = lifecycle(journal, faults, _pool_fields(store), settings.pool_timeout)
    public = web.Application(middlewares=[around], client_max_size=LARGEST_BODY)
    for route in routes:
        _add(public, route, handlers, settings.secret)
    if client:
        _close_at_end(public, client)
    return Served(public, Admin(settings, faults, store).application())


def _add(public: web.Application, route: Route, handlers: object, secret: str) -> None:
    handler: Handler = getattr(handlers, route.name.replace("-", "_"))
    path = route.path.replace("{id}", "{id:[0-9]{1,9}}")
    # A GET answers HEAD too, as on any server.
    add = public.router.add_get if route.method == "GET" else public.router.add_post
    add(path, _with_token(handler, secret) if route.token else handler, name=route.name)


def _with_token(handler: Handler, secret: str) -> Handler:
    """The handler, for requests with a good token only (RFC 6750, section 3)."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        token = auth.bearer(request.headers.get("Authorization"))
        if token is None:
            raise Refused(401, "a bearer token is needed", WWW_Authenticate='Bearer realm="shop"')
        try:
            call_of(request).user = auth.check(secret, token)
        except auth.BadToken as error:
            why = f'Bearer realm="shop", error="invalid_token", error_description="{error}"'
            raise Refused(401, str(error), WWW_Authenticate=why) from error
        return await handler(request)

    return guarded


def _pool_fields(store: Store | None) -> Callable[[], Mapping[str, Any]]:
    if store is None:
        return dict
    return lambda: {"pool_in_use": store.in_use, "pool_size": store.size, "queries": store.running}


def _close_at_end(public: web.Application, client: Payments) -> None:
    async def close(_: web.Application) -> None:
        await client.close()

    public.on_cleanup.append(close)
