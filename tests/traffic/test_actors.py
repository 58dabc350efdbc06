from __future__ import annotations

import json
from itertools import islice
from random import Random

import pytest

from lab.errors import LabError
from lab.traffic.actors import NOISE, actor, noise_source, shopper_sources
from lab.traffic.routes import AGENTS
from lab.traffic.schedule import noise_requests

SOURCES = tuple(f"127.77.1.{n}" for n in range(101, 109))
TOKENS = {"valid": "7.99.good", "expired": "7.1.old"}


def planned(name, count):
    return list(islice(noise_requests(name, 5, SOURCES, TOKENS), count))


def test_each_has_an_address_and_an_agent_of_its_own():
    theirs = [noise_source(name, SOURCES) for name in NOISE]
    assert sorted(theirs) == list(SOURCES[-len(NOISE) :])
    assert shopper_sources(SOURCES) == SOURCES[: -len(NOISE)]
    agents = [who.agent for who in NOISE.values()]
    assert len({*agents, *AGENTS}) == len(agents) + len(AGENTS)
    assert not [agent for agent in agents if "Chrome" in agent or "MSIE" in agent]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_few_addresses_are_shared(count):
    sources = SOURCES[:count]
    for name in NOISE:
        assert noise_source(name, sources) in (sources or (None,))
    shoppers = shopper_sources(sources)
    assert shoppers
    assert set(shoppers) <= set(sources or (None,))
    if count > 1:
        assert not set(shoppers) & {noise_source(name, sources) for name in NOISE}


@pytest.mark.parametrize("name", NOISE)
def test_the_rate_is_about_what_it_says(name):
    plan = planned(name, 400)
    assert {p.client for p in plan} == {noise_source(name, SOURCES)}
    assert {p.actor for p in plan} == {name}
    assert {p.request.header("User-Agent") for p in plan} == {NOISE[name].agent}
    assert 400 / sum(p.gap for p in plan) == pytest.approx(NOISE[name].rate, rel=0.1)


def test_the_poller_asks_for_orders_with_an_expired_token():
    for p in planned("partner", 90):
        assert p.request.path.startswith("/orders?user=")
        assert p.request.header("Authorization") == "Bearer 7.1.old"
        assert p.request.route == "orders"


def test_the_scanner_comes_in_bursts_and_knows_no_route():
    plan = planned("crawler", 60)
    assert {"/wp-login.php", "/.env"} <= {p.request.path for p in plan}
    assert {p.request.route for p in plan} == {None}
    assert sum(p.gap > 5 for p in plan) == 9
    assert sum(p.gap < 0.5 for p in plan) >= 49


def test_the_impatient_one_gives_slow_routes_no_time():
    plan = planned("kiosk", 40)
    assert {p.request.route for p in plan} == {"checkout", "export"}
    assert all(p.patience is not None and p.patience < 0.04 for p in plan)


def test_bad_json_is_bad_and_announced_as_json():
    for p in planned("importer", 8):
        assert (p.request.method, p.request.path) == ("POST", "/orders")
        assert p.request.header("Content-Type") == "application/json"
        assert p.request.header("Authorization") == "Bearer 7.99.good"
        with pytest.raises(json.JSONDecodeError):
            json.loads(p.request.body)


def test_an_unknown_actor_is_an_error_that_names_the_known_ones():
    with pytest.raises(LabError, match="partner"):
        actor("nobody")


def test_gaps_come_from_the_generator():
    for who in NOISE.values():
        assert list(islice(who.gaps(Random(3)), 50)) == list(islice(who.gaps(Random(3)), 50))
