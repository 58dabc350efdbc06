"""What a fault is: something real that goes wrong around the handlers of an application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.params import ANY, Params
from lab.upstream.journal import Journal
from lab.upstream.store import Store

Proceed = Callable[[], Awaitable[web.StreamResponse]]
"""Handles the request as if the fault weren't there."""


@dataclass(frozen=True, slots=True)
class Application:
    """What faults can touch.

    Attributes:
        name: its hop.
        journal: its log.
        routes: the names of its routes.
        store: its database, None for an application that has none.
    """

    name: str
    journal: Journal
    routes: frozenset[str]
    store: Store | None = None


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
