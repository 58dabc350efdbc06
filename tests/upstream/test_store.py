from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor


def test_a_pool_without_a_free_connection_is_503_with_the_pools_own_words(start):
    shop = start(pool_size=2, pool_timeout=0.3, query_time=1.0)
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda n: shop.get("/products", X_Request_Id=f"r-{n}"), range(6)))
    assert sorted(answer.status for answer in answers) == [200, 200, 503, 503, 503, 503]
    for n, answer in enumerate(answers):
        finished = shop.line("request.finished", f"r-{n}")
        if answer.status == 200:
            continue
        assert answer.json["error"] == "no database connection within 0.3 s"
        error = shop.line("db.pool_timeout", f"r-{n}")["error"]
        assert error.startswith("QueuePool limit of size 2 overflow 0 reached, connection timed out, timeout 0.30")
        assert finished["pool_in_use"] == finished["pool_size"] == 2
        assert 300 <= finished["pool_wait_ms"] < 900
    assert shop.state()["pool"] == {"size": 2, "in_use": 0, "waiting": 0, "running": 0}


def test_a_small_pool_is_a_queue(start):
    shop = start(pool_size=1, pool_timeout=5.0, query_time=0.1)
    begun = time.monotonic()
    with ThreadPoolExecutor(4) as clients:
        assert {a.status for a in clients.map(lambda _: shop.get("/products/1"), range(4))} == {200}
    assert time.monotonic() - begun >= 0.4
    waits = sorted(line["pool_wait_ms"] for line in shop.lines("request.finished"))
    assert waits[0] < 90
    assert waits[3] > 250


def test_the_admin_listener_answers_while_every_thread_waits(start, until):
    shop = start(pool_size=1, pool_timeout=1.0, query_time=0.3)
    with ThreadPoolExecutor(80) as clients:
        asked = [clients.submit(shop.get, "/products") for _ in range(80)]
        until(lambda: shop.state()["pool"]["waiting"] >= 70)
        begun = time.monotonic()
        pool = shop.state()["pool"]
        assert time.monotonic() - begun < 0.2
        assert pool["in_use"] == 1
        assert shop.get("/health").status == 200
        assert {answer.result().status for answer in asked} == {200, 503}


def test_a_checkout_holds_no_connection_while_payments_works(start, payments, until):
    payments.fault("slow", route="charges", seconds=1.0)
    shop = start(payments=payments.url, payments_timeout=5.0, pool_size=1)
    token = shop.token()
    with ThreadPoolExecutor(1) as clients:
        asked = clients.submit(shop.post, "/checkout", {"order_id": 1}, token)
        until(lambda: payments.lines("request.started"))
        assert shop.state()["pool"]["in_use"] == 0
        assert shop.get("/products").status == 200
        assert asked.result().status == 200


def test_a_query_is_interrupted_at_its_limit_and_its_connection_is_good_afterwards(start):
    shop = start(query_limit=0.2, pool_size=1)
    shop.fault("feature", route="product", feature="history")
    begun = time.monotonic()
    assert shop.get("/products/1", X_Request_Id="r-1").status == 500
    assert 0.2 <= time.monotonic() - begun < 2.0
    told = shop.line("exception", "r-1")
    assert told["error"] == "QueryTooLong: a query was interrupted after its limit of 0.2 s"
    assert told["query_ms"] >= 200
    shop.admin("DELETE", "/faults/feature")
    assert [shop.get("/products/1").status for _ in range(3)] == [200] * 3


def test_a_database_that_is_gone_is_not_made_anew(start, tmp_path):
    shop = start()
    assert shop.get("/products/1").status == 200
    shop.fault("moved")
    assert shop.get("/products/1").status == 500
    assert not (tmp_path / "shop.sqlite").exists()
