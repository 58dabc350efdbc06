"""The routes of both applications, as data."""

from __future__ import annotations

from dataclasses import dataclass

PRODUCTS, USERS, ORDERS = 60, 40, 200
"""How many rows the tables have at first; ids count from 1."""

LARGEST_BODY = 1024 * 1024
"""Bytes of a request's body above which the answer is 413."""

LARGEST_QUANTITY = 100

EXPORT_LINES = 1200
"""Lines of an export, about 80 kB: more than the buffers of a gateway hold, so that large answers differ."""


@dataclass(frozen=True, slots=True)
class Route:
    """One route.

    Attributes:
        name: what logs and faults call it; also the name of the handler, with `_` for `-`.
        method: the method.
        path: the path, where `{id}` stands for a number.
        token: whether a bearer token is needed.
        takes: the query or the body, for the reference.
        answers: the normal answer, for the reference.
        notes: limits and particular errors, for the reference.
    """

    name: str
    method: str
    path: str
    token: bool
    takes: str
    answers: str
    notes: str = ""


SHOP: tuple[Route, ...] = (
    Route("health", "GET", "/health", False, "", '200 `{"status", "release"}`', "Asks neither database nor payments."),
    Route(
        "products",
        "GET",
        "/products",
        False,
        "",
        '200, a list of `{"id", "name", "price_cents", "stock"}`',
        "The whole catalogue in one answer.",
    ),
    Route(
        "product",
        "GET",
        "/products/{id}",
        False,
        "",
        '200 `{"id", "name", "price_cents", "stock"}`',
        f"Ids are 1 to {PRODUCTS}; else 404. `sheet` too, where its supplier uploaded one, and `instead`, the product "
        "that takes its place in the end; 508 where products take each other's place.",
    ),
    Route(
        "login",
        "POST",
        "/login",
        False,
        '`{"user": 7, "password": "password-7"}`',
        '200 `{"token", "expires"}`',
        "`expires` is in seconds since the epoch, one hour ahead. An unknown user or a wrong password: 401.",
    ),
    Route(
        "user",
        "GET",
        "/users/{id}",
        True,
        "",
        '200 `{"id", "name", "email"}`',
        f"Ids are 1 to {USERS}; else 404.",
    ),
    Route(
        "orders",
        "GET",
        "/orders",
        True,
        "`?user=` a user's id",
        '200, a list of `{"id", "user_id", "product_id", "quantity", "total_cents", "status", "created"}`',
        "Without a numeric `user`: 400. Orders that are still `pending` are not listed.",
    ),
    Route(
        "order",
        "GET",
        "/orders/{id}",
        True,
        "",
        "200, one order as in the list",
        f"Ids 1 to {ORDERS} are always there, later ones once they were created; else 404.",
    ),
    Route(
        "order-create",
        "POST",
        "/orders",
        True,
        '`{"product_id": 3, "quantity": 2}`',
        "201, the order, `pending`, for the token's user, and a `message`",
        f"`quantity` is 1 to {LARGEST_QUANTITY}. Values that are not possible: 422.",
    ),
    Route(
        "checkout",
        "POST",
        "/checkout",
        True,
        '`{"order_id": 12}`',
        '200 `{"order_id", "amount_cents", "currency", "charge", "status"}`',
        "Calls payments. Payments unreachable: 503. Payments too slow: 504. An unknown order: 404. The receipt is "
        "written afterwards, in the background.",
    ),
    Route(
        "export",
        "GET",
        "/export",
        True,
        "`?user=` a user's id",
        "200 `text/csv` with a header line",
        f"The same orders as `GET /orders`, with the scans of their parcels: about {EXPORT_LINES} lines, 80 kB. "
        "To whoever speaks HTTP/1.0: 505.",
    ),
    Route(
        "price-list",
        "POST",
        "/price-list",
        True,
        "`text/csv` with the header line `product_id,price_cents,remark`",
        '201 `{"lines", "bytes", "sha256", "reviewer"}`',
        f"For review; prices stay. Larger than {LARGEST_BODY // 1024} KiB: 413. A line that can't be read: 422. "
        "No room in the spool: 507.",
    ),
)

PAYMENTS: tuple[Route, ...] = (
    Route("health", "GET", "/health", False, "", '200 `{"status", "release"}`'),
    Route(
        "charges",
        "POST",
        "/charges",
        False,
        '`{"amount": 1999, "order": 12}`',
        '201 `{"charge", "order", "amount", "status"}`',
    ),
)
