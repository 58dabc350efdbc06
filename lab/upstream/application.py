"""Puts the parts of one process together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from lab.upstream import auth
from lab.upstream.admin import Admin
from lab.upstream.call import Refused, call_of
from lab.upstream.client import Payments
from lab.upstream.door import Door
from lab.upstream.faults.active import Active
from lab.upstream.faults.base import Application, Front
from lab.upstream.files import Files
from lab.upstream.journal import Journal
from lab.upstream.middleware import lifecycle
from lab.upstream.payments import PaymentsService
from lab.upstream.receipts import Receipts
from lab.upstream.release import Release
from lab.upstream.routes import LARGEST_BODY, PAYMENTS, SHOP, Route
from lab.upstream.settings import Settings
from lab.upstream.shop import Shop
from lab.upstream.store import Store


@dataclass(frozen=True, slots=True)
class Served:
    """The two applications of a process: the one it is for, and the one that controls it.

    `about` is what the first says of itself when it starts, `door` where its connections come in.
    """

    public: web.Application
    admin: web.Application
    about: Mapping[str, str]
    door: Door


def build(settings: Settings, journal: Journal) -> Served:
    """The applications of a process; called inside the running loop.

    Raises:
        OSError: when the database or a file can't be made.
        BadParams: for a fault that doesn't exist, or parameters that it does not take.
    """
    store = Store(settings) if settings.kind == "api" else None
    files = Files.beside(settings.database) if store else None
    release, front, door = Release(), Front(), Door()
    service = None if store else PaymentsService(settings.seed, release, settings.payments_key)
    routes = SHOP if store else PAYMENTS
    names = frozenset(route.name for route in routes)
    faults = Active(Application(settings.name, journal, names, store, files, service, release, front, door))
    for fault in settings.faults:
        faults.put_in(str(fault["name"]), {key: value for key, value in fault.items() if key != "name"})
    around = lifecycle(journal, faults, _pool_fields(store), settings.pool_timeout)
    public = web.Application(middlewares=[_outermost(front), around], client_max_size=LARGEST_BODY)
    handlers: object = service
    if store and files:
        client = None
        if settings.payments:
            timeout = settings.payments_timeout
            client = Payments(settings.payments, settings.payments_key, settings.source, timeout, journal)
            _close_at_end(public, client)
        receipts = Receipts(Path(settings.database).with_name("receipts.txt"), files.templates, journal)
        handlers = Shop(store, files, receipts, client, settings.secret, release)
    for route in routes:
        _add(public, route, handlers, settings.secret)
    about = {"release": release.name, **({"database": str(store.path)} if store else {})}
    return Served(public, Admin(settings, faults, store, release).application(), about, door)


def _outermost(front: Front) -> Middleware:
    """Whatever `front` has when a request comes."""

    @web.middleware
    async def outermost(request: web.Request, handler: Handler) -> web.StreamResponse:
        if front.middleware is None:
            return await handler(request)
        return await front.middleware(request, handler)

    return outermost


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
