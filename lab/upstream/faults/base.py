"""What a fault is: something real that goes wrong around the handlers of an application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import ClassVar

from aiohttp import web
from aiohttp.typedefs import Middleware

from lab.upstream.call import Call
from lab.upstream.door import Door
from lab.upstream.faults.params import ANY, BadParams, Params
from lab.upstream.files import Files
from lab.upstream.journal import Journal
from lab.upstream.payments import PaymentsService
from lab.upstream.release import Release
from lab.upstream.store import Store

Proceed = Callable[[], Awaitable[web.StreamResponse]]
"""Handles the request as if the fault weren't there."""


@dataclass(slots=True)
class Front:
    """What stands outermost, around the log too: `middleware`, where there is one."""

    middleware: Middleware | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """What faults can touch.

    Attributes:
        name: its hop.
        journal: its log.
        routes: the names of its routes.
        store: its database, None for an application that has none.
        files: its files; likewise.
        payments: the service that charges, where it is that.
        release: what it says of itself.
        front: what stands around it.
        door: where its connections come in.
    """

    name: str
    journal: Journal
    routes: frozenset[str]
    store: Store | None = None
    files: Files | None = None
    payments: PaymentsService | None = None
    release: Release = field(default_factory=Release)
    front: Front = field(default_factory=Front)
    door: Door = field(default_factory=Door)


def shop_of(application: Application, fault: str) -> tuple[Store, Files]:
    """The database and the files of a shop.

    Raises:
        BadParams: when the application is none.
    """
    if application.store is None or application.files is None:
        raise BadParams(f"{fault}: {application.name} is no shop; expected an api")
    return application.store, application.files


class Fault:
    """A fault that does nothing; each real one overrides what it needs.

    A fault reads its parameters when it is made and raises `BadParams` for what it can't take; from then on it
    stands around every request of the application, whatever its route, until it is taken out.

    Attributes:
        name: what the admin listener calls it; also the name of its file.
    """

    name: ClassVar[str]

    def __init__(self, params: Params, application: Application) -> None:
        raise NotImplementedError

    def put_in(self) -> None:
        """It comes into force."""

    def taken_out(self) -> None:
        """It ceases; whatever it took is given back."""

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Stand around one request, which was read and logged as started."""
        return await proceed()


def concerns(route: str, call: Call) -> bool:
    """Whether a fault's `route` (a name, or `any`) is the request's."""
    return route in (ANY, call.route)
