"""The shop's handlers, one for each of its routes."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from string import Template

from aiohttp import HttpVersion11, web

from lab.upstream import auth, queries
from lab.upstream.body import json_body, prices, user_asked_for, whole
from lab.upstream.call import Refused, call_of
from lab.upstream.client import Payments
from lab.upstream.files import Files
from lab.upstream.receipts import Receipts
from lab.upstream.release import Release
from lab.upstream.routes import EXPORT_LINES, LARGEST_QUANTITY
from lab.upstream.store import Store


class Shop:
    """Handlers, named as the routes are.

    Args:
        store: its database.
        files: its files.
        receipts: writes them.
        payments: where checkouts are charged; None: they can't be.
        secret: signs its tokens.
        release: what it is.
    """

    def __init__(
        self, store: Store, files: Files, receipts: Receipts, payments: Payments | None, secret: str, release: Release
    ) -> None:
        self._store = store
        self._files = files
        self._receipts = receipts
        self._payments = payments
        self._secret = secret
        self._release = release

    async def health(self, request: web.Request) -> web.Response:
        """It is there; says nothing of the database or of payments."""
        return web.json_response({"status": "ok", "release": self._release.name})

    async def products(self, request: web.Request) -> web.Response:
        """The whole catalogue."""
        return web.json_response(await self._store.run(call_of(request), queries.products))

    async def product(self, request: web.Request) -> web.Response:
        """One product, what its supplier says of it, and what takes its place."""
        number = int(request.match_info["id"])
        row, chain = await self._store.run(
            call_of(request), lambda db: (queries.product(db, number), queries.in_place_of(db, number))
        )
        if row is None:
            raise Refused(404, f"there is no product {number}")
        if len(chain) > len(set(chain)) or number in chain:
            raise Refused(508, f"what takes the place of product {number} leads back: {', '.join(map(str, chain))}")
        if (sheet := self._files.sheets.of(number)) is not None:
            row["sheet"] = sheet
        return web.json_response(row | ({"instead": chain[-1]} if chain else {}))

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
        call = call_of(request)
        user = call.user or 0
        self._files.ledger.note(call, f"orders {quantity} of product {product}")
        order = await self._store.run(call, lambda db: queries.create_order(db, user, product, quantity))
        if order is None:
            raise Refused(422, f"there is no product {product}")
        thanks = Template(self._files.templates.text("order-create")).substitute(order=order["id"])
        told = {**order, "message": thanks.strip()}
        return web.json_response(told, status=201, headers={"Location": f"/orders/{order['id']}"})

    async def checkout(self, request: web.Request) -> web.Response:
        """Charge an order; no connection is held while payments works."""
        body = await json_body(request)
        number = whole(body, "order_id")
        currency = os.environ["SHOP_CURRENCY"]
        call = call_of(request)
        order = await self._store.run(call, lambda db: queries.order(db, number))
        if order is None:
            raise Refused(404, f"there is no order {number}")
        if self._payments is None:
            raise Refused(503, "payments unavailable")
        amount = order["total_cents"]
        self._files.ledger.note(call, f"pays {amount} for order {number}")
        charge = await self._payments.charge(call, amount, number)
        await self._store.run(call, lambda db: queries.note_charge(db, number, charge))
        self._receipts.begin(call, {"order": number, "amount": amount, "currency": currency, "charge": charge})
        paid = {"order_id": number, "amount_cents": amount, "currency": currency, "charge": charge, "status": "paid"}
        return web.json_response(paid)

    async def export(self, request: web.Request) -> web.Response:
        """A user's orders and the scans of their parcels as CSV."""
        if request.version < HttpVersion11:
            raise Refused(505, f"an export is not sent over HTTP/{request.version.major}.{request.version.minor}")
        user = user_asked_for(request)
        name = f"{os.environ['SHOP_NAME']}-orders-{user}.csv"
        rows = await self._store.run(call_of(request), lambda db: queries.scans(db, user, EXPORT_LINES))
        text = io.StringIO()
        text.write(self._files.templates.text("export"))
        csv.DictWriter(text, queries.SCAN_COLUMNS).writerows(rows)
        return web.Response(
            text=text.getvalue(),
            content_type="text/csv",
            charset="utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def price_list(self, request: web.Request) -> web.Response:
        """Take in a list of prices; it is looked through, and changes nothing."""
        body = await request.read()
        reviewer = os.environ["SHOP_REVIEWER"]
        self._files.ledger.note(call_of(request), f"sends {len(body)} bytes of prices to {reviewer}")
        with self._files.spool.holding(body):
            lines = prices(body)
        digest = hashlib.sha256(body).hexdigest()
        return web.json_response(
            {"lines": lines, "bytes": len(body), "sha256": digest, "reviewer": reviewer}, status=201
        )

    async def _one(self, request: web.Request, kind: str) -> web.Response:
        number = int(request.match_info["id"])
        row = await self._store.run(call_of(request), lambda db: queries.BY_ID[kind](db, number))
        if row is None:
            raise Refused(404, f"there is no {kind} {number}")
        return web.json_response(row)
