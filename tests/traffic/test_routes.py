from __future__ import annotations

import json
import re
from random import Random

import pytest

from lab.traffic.routes import AGENTS, PRICES, ROUTES, make_request, request_id
from lab.upstream.body import prices


def test_the_table_is_the_shops():
    assert {
        name: (r.method, r.template.partition("?")[0].replace("{}", "1"), r.needs_token) for name, r in ROUTES.items()
    } == {
        "health": ("GET", "/health", False),
        "products": ("GET", "/products", False),
        "product": ("GET", "/products/1", False),
        "login": ("POST", "/login", False),
        "user": ("GET", "/users/1", True),
        "orders": ("GET", "/orders", True),
        "order": ("GET", "/orders/1", True),
        "order-create": ("POST", "/orders", True),
        "checkout": ("POST", "/checkout", True),
        "export": ("GET", "/export", True),
        "price-list": ("POST", "/price-list", True),
    }
    assert {name for name, route in ROUTES.items() if route.normal != {200}} == {"order-create", "price-list"}
    assert ROUTES["order-create"].normal == ROUTES["price-list"].normal == {201}


@pytest.mark.parametrize("name", ROUTES)
def test_requests_are_good_ones(name):
    route, rng = ROUTES[name], Random(1)
    for _ in range(20 if name == "price-list" else 300):
        request = make_request(route, rng, "7.1.ab", "00aa", agent="a")
        assert (request.method, request.route, request.rid) == (route.method, name, "00aa")
        assert request.header("User-Agent") == "a"
        assert request.header("Authorization") == ("Bearer 7.1.ab" if route.needs_token else None)
        kind = "text/csv" if name == "price-list" else "application/json"
        assert request.header("Content-Type") == (kind if request.body else None)
        if route.ids:
            (number,) = re.findall(r"\d+", request.path)
            assert 1 <= int(number) <= route.ids
        if name == "price-list":
            assert prices(request.body) == PRICES
        elif request.body:
            _check(name, json.loads(request.body))


def _check(name, body):
    if name == "login":
        assert body["password"] == f"password-{body['user']}"
        assert 1 <= body["user"] <= 40
    elif name == "checkout":
        assert 1 <= body["order_id"] <= 200
    else:
        assert set(body) == {"product_id", "quantity"}
        assert 1 <= body["product_id"] <= 60


def test_without_a_token_none_is_sent():
    assert make_request(ROUTES["orders"], Random(1), None, "aa").header("Authorization") is None


def test_request_ids_have_sixteen_digits_and_come_from_the_generator():
    ids = [request_id(Random(n)) for n in range(200)]
    assert all(re.fullmatch("[0-9a-f]{16}", rid) for rid in ids)
    assert len(set(ids)) == 200
    assert ids == [request_id(Random(n)) for n in range(200)]


def test_no_agent_is_one_that_nginx_pads_pages_for():
    assert not [agent for agent in AGENTS if "Chrome" in agent or "MSIE" in agent]
