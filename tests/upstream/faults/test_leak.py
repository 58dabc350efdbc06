from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab.upstream.call import Call
from lab.upstream.faults.base import Application
from lab.upstream.faults.leak import Leak
from lab.upstream.faults.params import Params
from lab.upstream.journal import Journal
from lab.upstream.queries import products
from lab.upstream.settings import Settings
from lab.upstream.store import Store


def test_every_nth_request_keeps_its_connection(shop):
    shop.fault("leak", route="product", every=3)
    in_use = []
    for n in range(9):
        assert shop.get("/products/1", X_Request_Id=f"r-{n}").status == 200
        shop.get("/products")
        in_use.append(shop.line("request.finished", f"r-{n}")["pool_in_use"])
    assert in_use == [0, 0, 1, 1, 1, 2, 2, 2, 3]
    assert "leak" not in shop.log_file.read_text()


def test_a_kept_connection_is_in_use_while_no_query_runs(shop):
    shop.fault("leak", route="product", every=1)
    shop.get("/products/1", X_Request_Id="r-1")
    finished = shop.line("request.finished", "r-1")
    assert (finished["pool_in_use"], finished["queries"]) == (1, 0)


def test_a_query_at_work_is_counted(start, until):
    shop = start(query_time=0.5)
    with ThreadPoolExecutor(1) as clients:
        asked = clients.submit(shop.get, "/products")
        until(lambda: shop.state()["pool"]["running"] == 1)
        shop.get("/health", X_Request_Id="r-1")
        assert asked.result().status == 200
    busy = shop.line("request.finished", "r-1")
    assert (busy["queries"], busy["pool_in_use"]) == (1, 1)


def test_a_pool_that_leaked_dry_fails_every_query_and_comes_back(shop):
    shop.fault("leak", route="product", every=1)
    for _ in range(4):
        assert shop.get("/products/1").status == 200
    assert shop.state()["pool"]["in_use"] == 4
    assert shop.get("/products", X_Request_Id="r-1").status == 503
    assert shop.line("db.pool_timeout", "r-1")["error"].startswith("QueuePool limit of size 4 overflow 0 reached")
    assert shop.get("/health").status == 200
    assert shop.admin("DELETE", "/faults/leak").json["pool"]["in_use"] == 0
    assert [shop.get("/products/1").status for _ in range(6)] == [200] * 6
    assert shop.state()["pool"]["in_use"] == 0


def test_a_request_under_way_when_the_leak_ends_gives_its_connection_back(start, until):
    shop = start(query_time=0.3)
    shop.fault("leak", route="product", every=1)
    with ThreadPoolExecutor(1) as clients:
        asked = clients.submit(shop.get, "/products/1")
        until(lambda: shop.state()["pool"]["in_use"] == 1)
        shop.admin("DELETE", "/faults/leak")
        assert asked.result().status == 200
    assert shop.state()["pool"]["in_use"] == 0


def test_a_checkout_leaks_one_of_its_two_connections(start, payments):
    shop = start(payments=payments.url)
    shop.fault("leak", route="checkout", every=1)
    assert shop.post("/checkout", {"order_id": 1}, shop.token()).status == 200
    assert shop.state()["pool"]["in_use"] == 1


def test_an_application_without_a_pool_has_nothing_to_leak(payments):
    answer = payments.admin("POST", "/faults", {"name": "leak", "route": "any", "every": 1})
    assert answer.status == 400
    assert answer.json["error"] == "leak: payments has no database pool; expected an api"


@pytest.fixture
def store(tmp_path):
    log = str(tmp_path / "app.log")
    return Store(Settings("api", "api-1", log, "token", "secret", database=str(tmp_path / "db"), pool_size=2))


async def test_what_was_kept_is_given_back_and_not_left_to_the_garbage_collector(store):
    leak = Leak(
        Params("leak", {"route": "any", "every": 1}),
        Application("api-1", Journal("/dev/null", "api-1"), frozenset(), store),
    )

    async def ask() -> None:
        call = Call("r-1", "products", "GET", "/products")
        await leak.around(call, lambda: asyncio.sleep(0))
        keeping.append(call)

    keeping: list[Call] = []
    await ask()
    await ask()
    await store.run(keeping[0], products)
    assert store.in_use == 1
    leak.taken_out()
    assert store.in_use == 0
    await store.run(keeping[1], products)
    assert store.in_use == 0
