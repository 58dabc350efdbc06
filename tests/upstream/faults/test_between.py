"""Faults between the shop and payments, and of what the shop is told when it starts."""

from __future__ import annotations

import pytest


def pay(shop, rid="r-1"):
    return shop.post("/checkout", {"order_id": 1}, shop.token(), X_Request_Id=rid)


@pytest.fixture
def pair(start, payments):
    """A shop and its payments."""
    return start(payments=payments.url), payments


def test_another_key_is_refused_by_payments_and_no_answer_to_the_client(pair):
    shop, payments = pair
    payments.fault("other-key", says="the key was revoked")
    assert pay(shop).status == 500
    assert shop.line("payments.call", "r-1")["status"] == 401
    assert payments.line("request.finished", "r-1")["error"] == "the key was revoked"
    payments.admin("DELETE", "/faults/other-key")
    assert pay(shop, "r-2").status == 200


@pytest.mark.parametrize(
    ("shape", "error"), [("page", "ContentTypeError: 201"), ("cut", "JSONDecodeError: "), ("renamed", "KeyError: 'ch")]
)
def test_an_answer_that_was_not_agreed_on_is_not_understood(pair, shape, error):
    shop, payments = pair
    payments.fault("other-answer", route="charges", shape=shape)
    assert pay(shop).status == 500
    called = shop.line("payments.call", "r-1")
    assert called["status"] == 201
    assert called["error"].startswith(error)
    assert payments.line("request.finished", "r-1")["status"] == 201
    assert payments.get("/health").json["status"] == "ok"
    payments.admin("DELETE", "/faults/other-answer")
    assert pay(shop, "r-2").status == 200


def test_a_refusal_is_still_a_refusal_when_answers_are_odd(payments):
    payments.fault("other-answer", route="charges", shape="page")
    assert payments.post("/charges", {}, None).json["error"] == "the key is not valid"


@pytest.mark.parametrize(("route", "status"), [("checkout", 500), ("orders", 503)])
def test_what_nobody_catches_comes_out_as_it_was_raised(start, route, status):
    shop = start(payments="http://127.0.0.1:1")
    shop.fault("uncaught", route=route)
    assert pay(shop).status == status
    told = shop.lines("exception", "r-1")
    assert [line["error"].partition(":")[0] for line in told] == ["ClientConnectorError"] * (status == 500)
    assert all("During handling" not in line["traceback"] for line in told)


def test_a_refusal_that_has_no_cause_stays_one(shop):
    shop.fault("uncaught", route="any")
    assert shop.get("/products/99").status == 404


def test_a_pool_that_ran_dry_is_an_exception_where_nobody_catches_it(start):
    shop = start(pool_size=1, pool_timeout=0.2)
    shop.fault("uncaught", route="any")
    shop.fault("leak", route="product", every=1)
    assert shop.get("/products/1").status == 200
    assert shop.get("/products/1", X_Request_Id="r-1").status == 500
    assert shop.line("exception", "r-1")["error"].startswith("TimeoutError: QueuePool limit of size 1 overflow 0")


@pytest.mark.parametrize(
    ("route", "variable"),
    [("checkout", "SHOP_CURRENCY"), ("export", "SHOP_NAME"), ("price-list", "SHOP_REVIEWER")],
)
def test_a_route_fails_without_the_variable_that_it_reads(start, route, variable):
    shop = start(faults=[{"name": "unset", "route": route}])
    token = shop.token(3)
    answers = {
        "checkout": shop.post("/checkout", {"order_id": 1}, token),
        "export": shop.get("/export?user=3", token),
        "price-list": shop.request("POST", "/price-list", b"product_id,price_cents,remark\n3,995,\n", token),
    }
    well = {"checkout": 503, "export": 200, "price-list": 201}  # without payments there is no checkout
    assert {name: answer.status for name, answer in answers.items()} == {**well, route: 500}
    assert [line["error"] for line in shop.lines("exception")] == [f"KeyError: '{variable}'"]
    shop.admin("DELETE", "/faults/unset")
    assert shop.get("/export?user=3", token).status == 200
