from __future__ import annotations

import csv
import io
import re
import time

import pytest


def test_every_route_gives_its_normal_answer(start, payments):
    shop = start(payments=payments.url)
    login = shop.post("/login", {"user": 7, "password": "password-7"})
    assert login.status == 200
    assert login.json["expires"] == pytest.approx(time.time() + 3600, abs=5)
    token = login.json["token"]
    assert re.fullmatch(r"7\.\d+\.[0-9a-f]{64}", token)

    assert shop.get("/health").json == {"status": "ok", "release": "2026.11.3"}
    products = shop.get("/products").json
    assert [row["id"] for row in products] == list(range(1, 61))
    assert shop.get("/products/60").json == products[59]
    assert shop.get("/users/40", token).json.keys() == {"id", "name", "email"}
    orders = shop.get("/orders?user=3", token).json
    assert orders and all(row["user_id"] == 3 for row in orders)
    assert shop.get(f"/orders/{orders[0]['id']}", token).json == orders[0]

    created = shop.post("/orders", {"product_id": 3, "quantity": 2}, token)
    assert created.status == 201
    assert created.json["id"] > 200
    assert created.json["user_id"] == 7
    assert created.json["total_cents"] == 2 * products[2]["price_cents"]
    order = shop.get(created.headers["Location"], token).json
    assert created.json == {**order, "message": f"Thank you. Order {order['id']} is noted."}

    checkout = shop.post("/checkout", {"order_id": 12}, token)
    assert checkout.status == 200
    assert (checkout.json["status"], checkout.json["currency"]) == ("paid", "EUR")
    assert checkout.json["amount_cents"] == shop.get("/orders/12", token).json["total_cents"]

    export = shop.get("/export?user=3", token)
    assert export.status == 200
    assert export.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert export.headers["Content-Disposition"] == 'attachment; filename="shop-orders-3.csv"'
    rows = list(csv.DictReader(io.StringIO(export.body.decode())))
    assert list(dict.fromkeys(int(row["id"]) for row in rows)) == [row["id"] for row in orders]
    assert 1190 <= len(rows) <= 1200
    assert 60_000 < len(export.body) < 100_000

    sent = shop.request("POST", "/price-list", b"product_id,price_cents,remark\n3,995,\n4,1200,new\n", token)
    assert sent.status == 201
    assert sent.json == {
        "lines": 2,
        "bytes": 48,
        "sha256": "a1e28c26a57959ad89cd0f08a9275e1fd97c617267da410c3f9b09eafd1e1c5d",
        "reviewer": "purchasing",
    }
    assert shop.stderr() == payments.stderr() == ""


def test_what_others_order_does_not_change_what_is_read(start, payments):
    shop = start(payments=payments.url)
    token = shop.token(3)
    paths = ("/orders?user=3", "/export?user=3", "/orders/12", "/products/3", "/products")
    before = [shop.get(path, token).body for path in paths]
    assert shop.post("/orders", {"product_id": 3, "quantity": 2}, token).status == 201
    assert shop.post("/checkout", {"order_id": 12}, token).status == 200
    assert [shop.get(path, token).body for path in paths] == before


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error"),
    [
        ("GET", "/nowhere", None, 404, "not found"),
        ("GET", "/products/61", None, 404, "there is no product 61"),
        ("GET", "/products/x", None, 404, "not found"),
        ("GET", "/products/99999999999999999999", None, 404, "not found"),
        ("GET", "/users/41", None, 404, "there is no user 41"),
        ("GET", "/orders", None, 400, "the query needs user=NUMBER"),
        ("GET", "/orders?user=x", None, 400, "the query needs user=NUMBER"),
        ("GET", "/orders?user=%C2%B2", None, 400, "the query needs user=NUMBER"),
        ("GET", "/export?user=", None, 400, "the query needs user=NUMBER"),
        ("POST", "/orders", b"{", 400, "the body is not JSON"),
        ("POST", "/orders", b"\xff\xfe", 400, "the body is not JSON"),
        ("POST", "/orders", [1], 400, "the body is not a JSON object"),
        ("POST", "/orders", {"product_id": 1, "quantity": 0}, 422, "quantity must be a whole number from 1 to 100"),
        ("POST", "/orders", {"product_id": True, "quantity": 1}, 422, "product_id must be a whole number from"),
        ("POST", "/orders", {"product_id": 61, "quantity": 1}, 422, "there is no product 61"),
        ("POST", "/price-list", b"", 422, "a price list begins with the line product_id,price_cents,remark"),
        ("POST", "/price-list", b"product_id,price_cents,remark\n1,x,\n", 422, "line 2 of the price list can't"),
        ("POST", "/checkout", {"order_id": 5000}, 404, "there is no order 5000"),
        ("POST", "/checkout", {"order_id": 5}, 503, "payments unavailable"),
        ("POST", "/login", {"user": 1, "password": "no"}, 401, "wrong user or password"),
        ("POST", "/login", {"user": 99, "password": "no"}, 401, "wrong user or password"),
        ("POST", "/login", {"user": [1], "password": "no"}, 422, "user must be a number and password a text"),
        ("DELETE", "/products", None, 405, "method not allowed"),
        ("POST", "/orders", b" " * (1024 * 1024 + 1), 413, "the body is too large"),
    ],
)
def test_errors_are_json_with_the_request_id(shop, method, path, body, status, error):
    answer = shop.request(method, path, body, shop.token(), X_Request_Id="r-1")
    assert answer.status == status, answer.body
    assert answer.json["error"].startswith(error)
    assert answer.json["request_id"] == "r-1"
    assert answer.headers["X-Request-Id"] == "r-1"
    assert shop.line("request.finished", "r-1")["status"] == status
    assert shop.stderr() == ""


def test_405_lists_the_methods(shop):
    assert shop.request("DELETE", "/health").headers["Allow"] == "GET,HEAD"


@pytest.mark.parametrize("path", ["/users/1", "/orders?user=1", "/orders/1", "/export?user=1"])
def test_without_a_good_token_there_is_401(shop, path):
    for token, why in [
        (None, None),
        (shop.token(1, -60), "the token expired"),
        ("1.2.3.4", "the token is malformed"),
        (shop.token()[:-1] + "x", "the signature is wrong"),
    ]:
        answer = shop.get(path, token)
        assert answer.status == 401
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge == (
            f'Bearer realm="shop", error="invalid_token", error_description="{why}"' if why else 'Bearer realm="shop"'
        )


def test_writing_needs_a_token_too(shop):
    assert shop.post("/orders", {"product_id": 1, "quantity": 1}).status == 401
    assert shop.post("/checkout", {"order_id": 1}).status == 401


def test_a_token_is_good_for_every_replica(start):
    first, second = start("api-1"), start("api-2")
    assert second.get("/users/1", first.token()).status == 200
