from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from lab.traffic.actors import NOISE
from lab.traffic.routes import ROUTES
from lab.traffic.schedule import noise_requests, shoppers

SOURCES = tuple(f"127.77.1.{n}" for n in range(101, 109))
TOKENS = {"valid": "7.99.good", "expired": "7.1.old"}
KNOWN = [
    (1.24, "127.77.1.104", "login", "/login", "92b0c1602970fd21"),
    (0.926, "127.77.1.104", "user", "/users/19", "312414f6f65f8222"),
    (1.589, "127.77.1.104", "user", "/users/19", "72d0f8c747f48f8e"),
    (1.157, "127.77.1.102", "orders", "/orders?user=17", "d78c9fb1dfbc4ad6"),
]


def plan(seed, count=300, **kw):
    return list(islice(shoppers(seed, SOURCES, TOKENS, **kw), count))


def test_the_same_seed_gives_the_same_sequence():
    assert plan(7) == plan(7)
    assert plan(7) != plan(8)
    for name in NOISE:
        again = [list(islice(noise_requests(name, 7, SOURCES, TOKENS), 50)) for _ in range(2)]
        assert again[0] == again[1]


def test_a_known_seed_stays_what_it_is():
    """Rounds are replayed by their seed, so what a seed means must not change by accident."""
    assert [(round(p.gap, 3), p.client, p.request.route, p.request.path, p.request.rid) for p in plan(7, 4)] == KNOWN


def test_other_tokens_change_nothing_else():
    other = list(islice(shoppers(7, SOURCES, {"valid": "other"}), 300))
    assert [(p.gap, p.client, p.request.path, p.request.rid) for p in other] == [
        (p.gap, p.client, p.request.path, p.request.rid) for p in plan(7)
    ]


def test_gaps_average_one_second_and_ids_differ():
    many = plan(7, 4000)
    assert sum(p.gap for p in many) / 4000 == pytest.approx(1.0, rel=0.03)
    assert len({p.request.rid for p in many}) == 4000


def test_all_routes_come_by_weight_from_all_clients():
    many = plan(7, 5000)
    routes = Counter(p.request.route for p in many)
    total = sum(route.weight for route in ROUTES.values())
    for name, route in ROUTES.items():
        assert routes[name] / 5000 == pytest.approx(route.weight / total, rel=0.25)
    assert set(Counter(p.client for p in many)) == set(SOURCES[:4])
    assert {p.actor for p in many} == {"shopper"}


def test_a_client_has_one_agent():
    agents: dict[object, set[object]] = {}
    for p in plan(7):
        agents.setdefault(p.client, set()).add(p.request.header("User-Agent"))
    assert all(len(one) == 1 for one in agents.values())


def test_named_routes_come_in_their_order_and_end():
    assert [p.request.route for p in plan(7, routes=["checkout", "health"])] == ["checkout", "health"]
    assert plan(7, routes=[]) == []
