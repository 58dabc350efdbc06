"""The shop's handlers, one for each of its routes."""

from __future__ import annotations

import csv
import hashlib
import io

from aiohttp import web

from lab.upstream import auth, queries
from lab.upstream.body import json_body, prices, user_asked_for, whole
from lab.upstream.call import Refused, call_of
from lab.upstream.client import Payments
from lab.upstream.routes import EXPORT_LINES, LARGEST_QUANTITY
from lab.upstream.settings import RELEASE
from lab.upstream.store import Store


class Shop:
    """Handlers, named as the routes are.

    Args:
        store: its database.
        payments: where checkouts are charged; None: they can't be.
        secret: signs its tokens.
    """

    def __init__(self, store: Store, payments: Payments | None, secret: str) -> None:
        self._store = store
        self._payments = payments
        self._secret = secret

    async def health(self, request: web.Request) -> web.Response:
        """It is there; says nothing of the database or of payments."""
        return web.json_response({"status": "ok", "release": RELEASE})

    async def products(self, request: web.Request) -> web.Response:
        """The whole catalogue."""
        return web.json_response(await self._store.run(call_of(request), queries.products))

    async def product(self, request: web.Request) -> web.Response:
        """One product."""
        return await self._one(request, "product")

    async def user(self, request: web.Request) -> web.Response:
        """One user."""
        return await self._one(request, "user")

    async def order(self, request: web.Request) -> web.Response:
        """One order."""
        return await self._one(request, "order")

    async def login(self, request: web.Request) -> web.Response:
        """A token for a user's number and password."""
        body = await json_body(request)
        said, password = str(body.get("user")), body.get("password")
        if not (said.isascii() and said.isdigit() and len(said) < 10 and isinstance(password, str)):
            raise Refused(422, "user must be a number and password a text")
        user = int(said)
        stored = await self._store.run(call_of(request), lambda db: queries.password_hash(db, user))
        if stored is None or not auth.same(stored, auth.password_hash(user, password)):
            raise Refused(401, "wrong user or password", WWW_Authenticate='Bearer realm="shop"')
        token, expires = auth.issue(self._secret, user)
        return web.json_response({"token": token, "expires": expires})

    async def orders(self, request: web.Request) -> web.Response:
        """A user's orders."""
        user = user_asked_for(request)
        return web.json_response(await self._store.run(call_of(request), lambda db: queries.orders(db, user)))

    async def order_create(self, request: web.Request) -> web.Response:
        """A new order, pending, for the token's user."""
        body = await json_body(request)
        product, quantity = whole(body, "product_id"), whole(body, "quantity", LARGEST_QUANTITY)
        user = call_of(request).user or 0
        order = await self._store.run(call_of(request), lambda db: queries.create_order(db, user, product, quantity))
        if order is None:
            raise Refused(422, f"there is no product {product}")
        return web.json_response(order, status=201, headers={"Location": f"/orders/{order['id']}"})

    async def checkout(self, request: web.Request) -> web.Response:
        """Charge an order; no connection is held while payments works."""
        body = await json_body(request)
        number = whole(body, "order_id")
        call = call_of(request)
        order = await self._store.run(call, lambda db: queries.order(db, number))
        if order is None:
            raise Refused(404, f"there is no order {number}")
        if self._payments is None:
            raise Refused(503, "payments unavailable")
        charge = await self._payments.charge(call, order["total_cents"], number)
        await self._store.run(call, lambda db: queries.note_charge(db, number, charge))
        return web.json_response(
            {"order_id": number, "amount_cents": order["total_cents"], "charge": charge, "status": "paid"}
        )

    async def export(self, request: web.Request) -> web.Response:
        """A user's orders and the scans of their parcels as CSV."""
        user = user_asked_for(request)
        rows = await self._store.run(call_of(request), lambda db: queries.scans(db, user, EXPORT_LINES))
        text = io.StringIO()
        writer = csv.DictWriter(text, queries.SCAN_COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
        return web.Response(
            text=text.getvalue(),
            content_type="text/csv",
            charset="utf-8",
            headers={"Content-Disposition": f'attachment; filename="orders-{user}.csv"'},
        )

    async def price_list(self, request: web.Request) -> web.Response:
        """Take in a list of prices; it is looked through, and changes nothing."""
        body = await request.read()
        lines = prices(body)
        return web.json_response(
            {"lines": lines, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}, status=201
        )

    async def _one(self, request: web.Request, kind: str) -> web.Response:
        number = int(request.match_info["id"])
        row = await self._store.run(call_of(request), lambda db: queries.BY_ID[kind](db, number))
        if row is None:
            raise Refused(404, f"there is no {kind} {number}")
        return web.json_response(row)
