"""The shop's routes, and requests for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from lab.traffic.request import Request

USERS, PRODUCTS, ORDERS = 40, 60, 200
"""How many the shop has of each from its first moment; ids count from 1."""

PRICES = 1600
"""Lines of a price list."""
_DRAWN = 40  # of them, which then are repeated: drawing each would hold up the clients
_REMARK = "valid from the first day of next month as agreed with the supplier"

AGENTS = (
    # None has `Chrome` or `MSIE` in it: nginx pads its error pages for those, and their sizes would differ.
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "ShopApp/4.18.1 (Android 14; okhttp/4.12.0)",
    "python-requests/2.32.3",
    "curl/8.5.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:127.0) Gecko/20100101 Firefox/127.0",
    "ShopApp/4.17.0 (iPhone; iOS 17.5.1)",
)
"""User agents of ordinary clients."""

Body = Callable[[Random], Mapping[str, Any] | str]


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the shop, as its clients use it.

    Attributes:
        name: what logs and scenarios call it.
        method: its method.
        template: the request target; `{}` stands for an id.
        ids: the largest id that may stand there.
        needs_token: whether a bearer token is sent.
        body: makes the body, where there is one: an object for JSON, a text for CSV.
        weight: how often it is asked for, in relation to the others.
        normal: the statuses of a healthy shop.
    """

    name: str
    method: str
    template: str
    weight: int
    ids: int = 0
    needs_token: bool = False
    body: Body | None = None
    normal: frozenset[int] = frozenset({200})


def _login(rng: Random) -> Mapping[str, Any]:
    user = rng.randint(1, USERS)
    return {"user": user, "password": f"password-{user}"}


def _new_order(rng: Random) -> Mapping[str, Any]:
    return {"product_id": rng.randint(1, PRODUCTS), "quantity": rng.randint(1, 5)}


def _checkout(rng: Random) -> Mapping[str, Any]:
    return {"order_id": rng.randint(1, ORDERS)}


def _price_list(rng: Random) -> str:
    """About 120 kB, more than the buffers of a gateway hold."""
    lines = [f"{rng.randint(1, PRODUCTS)},{rng.randint(100, 99_999)},{_REMARK}" for _ in range(_DRAWN)]
    return "\n".join(("product_id,price_cents,remark", *(lines * (PRICES // _DRAWN)))) + "\n"


_ALL = (
    Route("health", "GET", "/health", 4),
    Route("products", "GET", "/products", 14),
    Route("product", "GET", "/products/{}", 24, PRODUCTS),
    Route("login", "POST", "/login", 6, body=_login),
    Route("user", "GET", "/users/{}", 10, USERS, needs_token=True),
    Route("orders", "GET", "/orders?user={}", 14, USERS, needs_token=True),
    Route("order", "GET", "/orders/{}", 10, ORDERS, needs_token=True),
    Route("order-create", "POST", "/orders", 6, needs_token=True, body=_new_order, normal=frozenset({201})),
    Route("checkout", "POST", "/checkout", 8, needs_token=True, body=_checkout),
    Route("export", "GET", "/export?user={}", 4, USERS, needs_token=True),
    Route("price-list", "POST", "/price-list", 2, needs_token=True, body=_price_list, normal=frozenset({201})),
)

ROUTES: Mapping[str, Route] = {route.name: route for route in _ALL}
"""The routes by name."""


def request_id(rng: Random) -> str:
    """A request id: 16 hexadecimal digits."""
    return f"{rng.getrandbits(64):016x}"


def make_request(route: Route, rng: Random, token: str | None, rid: str, *, agent: str = AGENTS[0]) -> Request:
    """A good request for a route: ids and body are drawn from `rng`, the token is sent where the route needs it."""
    path = route.template.format(rng.randint(1, route.ids)) if route.ids else route.template
    headers = [("User-Agent", agent), ("Accept", "text/csv" if route.name == "export" else "application/json")]
    body = b""
    if route.needs_token and token is not None:
        headers.append(("Authorization", f"Bearer {token}"))
    if route.body is not None:
        made = route.body(rng)
        headers.append(("Content-Type", "text/csv" if isinstance(made, str) else "application/json"))
        body = (made if isinstance(made, str) else json.dumps(made, separators=(",", ":"))).encode()
    return Request(route.method, path, tuple(headers), body, route.name, rid)
