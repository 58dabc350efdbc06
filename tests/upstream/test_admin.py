from __future__ import annotations

import pytest


def test_the_state_of_a_shop(shop):
    assert shop.state() == {
        "name": "api-1",
        "release": "2026.11.3",
        "maintenance": False,
        "faults": {},
        "pool": {"size": 4, "in_use": 0, "waiting": 0, "running": 0},
    }


def test_the_state_of_payments_has_no_pool(payments):
    assert payments.state().keys() == {"name", "release", "maintenance", "faults"}
    assert payments.admin("POST", "/tokens", {"user": 1, "ttl": 1}).status == 404


@pytest.mark.parametrize("path", ["/state", "/nowhere"])
@pytest.mark.parametrize("token", ["", "wrong", "an-admin-token2", "t\xf6ken"])
def test_nobody_gets_in_without_the_token(shop, path, token):
    answer = shop.admin("GET", path, token=token)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="admin"'


def test_faults_come_and_go(shop):
    state = shop.fault("slow", route="any", seconds=0.0).json
    assert state["faults"] == {"slow": {"route": "any", "seconds": 0.0}}
    state = shop.fault("slow", route="order", seconds=1).json
    assert state["faults"] == {"slow": {"route": "order", "seconds": 1}}
    assert shop.admin("DELETE", "/faults/slow").json["faults"] == {}
    assert shop.admin("DELETE", "/faults/slow").status == 200


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "the body is not JSON; expected an object"),
        ([], "the body is not a JSON object; expected an object"),
        ({}, 'expected {"name": a fault, …its parameters}'),
        ({"name": "explode"}, "there is no fault called 'explode'; expected one of bad-sheet, "),
        ({"name": "slow", "route": "order"}, "slow: seconds is missing; expected a number from 0 to 600"),
        ({"name": "slow", "route": "nowhere", "seconds": 1}, "slow: route is 'nowhere'; expected one of any, checkout"),
        ({"name": "slow", "route": ["any"], "seconds": 1}, "slow: route is ['any']; expected one of any, checkout"),
        ({"name": "slow", "route": "any", "seconds": "1"}, "slow: seconds is '1'; expected a number from 0 to 600"),
        ({"name": "slow", "route": "any", "seconds": True}, "slow: seconds is True; expected a number"),
        ({"name": "slow", "route": "any", "seconds": float("nan")}, "slow: seconds is nan; expected a number"),
        ({"name": "slow", "route": "any", "seconds": 601}, "slow: seconds is 601; expected a number from 0 to 600"),
        ({"name": "slow", "route": "any", "seconds": 1, "x": 1}, "slow: unknown parameters x; it takes route, seconds"),
        ({"name": "die", "route": "any", "signal": "SIGTERM"}, "die: signal is 'SIGTERM'; expected one of SIGABRT"),
        ({"name": "leak", "route": "any", "every": 0}, "leak: every is 0; expected a whole number from 1"),
        ({"name": "leak", "route": "any", "every": 1.5}, "leak: every is 1.5; expected a whole number from 1"),
        ({"name": "maintenance", "retry_after": -1}, "maintenance: retry_after is -1; expected a whole number from 0"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_and_changes_nothing(shop, body, error):
    shop.fault("slow", route="order", seconds=0)
    answer = shop.admin("POST", "/faults", body)
    assert answer.status == 400
    assert answer.json["error"].startswith(error)
    assert shop.state()["faults"] == {"slow": {"route": "order", "seconds": 0}}


def test_an_unknown_fault_cannot_be_taken_out(shop):
    answer = shop.admin("DELETE", "/faults/explode")
    assert answer.status == 400
    assert "expected one of bad-sheet" in answer.json["error"]


def test_routes_are_those_of_the_application(payments):
    answer = payments.admin("POST", "/faults", {"name": "slow", "route": "checkout", "seconds": 1})
    assert answer.json["error"] == "slow: route is 'checkout'; expected one of any, charges, health"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"ttl": 1}, "tokens: user is missing; expected a whole number from 1 to 40"),
        ({"user": 41, "ttl": 1}, "tokens: user is 41; expected a whole number from 1 to 40"),
        ({"user": 1, "ttl": "x"}, "tokens: ttl is 'x'; expected a number"),
        ({"user": 1, "ttl": 1, "scope": 1}, "tokens: unknown parameters scope; it takes user, ttl"),
    ],
)
def test_tokens_that_cannot_be(shop, body, error):
    answer = shop.admin("POST", "/tokens", body)
    assert answer.status == 400
    assert answer.json["error"].startswith(error)


def test_unknown_paths_are_json(shop):
    assert shop.admin("GET", "/nowhere").json == {"error": "not found"}
    assert shop.admin("PUT", "/state").status == 405
