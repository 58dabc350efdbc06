from __future__ import annotations

import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest


def test_it_serves_soon_after_the_fork(start):
    took = []
    for n in range(5):
        begun = time.perf_counter()
        shop = start(f"api-{n}")
        assert shop.get("/health").status == 200
        took.append(time.perf_counter() - begun)
    assert min(took) < 0.1


def test_app_started_is_the_first_line(shop):
    shop.get("/health")
    first = shop.lines()[0]
    assert (first["event"], first["release"], first["pid"]) == ("app.started", "2026.11.3", shop.pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_whatever_it_is_doing(start, until, number):
    shop = start(query_time=5.0, pool_size=1, pool_timeout=5.0)
    shop.fault("slow", route="health", seconds=30)
    with ThreadPoolExecutor(3) as clients:
        asked = [clients.submit(shop.get, path) for path in ("/products", "/products", "/health")]
        until(lambda: len(shop.lines("request.started")) == 3)
        begun = time.perf_counter()
        os.kill(shop.pid, number)
        assert shop.wait() == 0
        assert time.perf_counter() - begun < 0.5
        assert all(isinstance(one.exception(), ConnectionError) for one in asked)
    assert shop.line("app.stopping")["signal"] == number.name
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", shop.port))


def test_settings_that_cannot_be_end_it_with_a_traceback(start):
    shop = start(pool_size=0)
    assert shop.wait() == 1
    assert "ValueError: pool_size is at least 1, not 0" in shop.stderr()


def test_replicas_that_start_together_share_one_database(start):
    shops = [start(f"api-{n}", seed=n) for n in range(4)]
    products = {shop.get("/products").body for shop in shops}
    assert len(products) == 1
    created = shops[0].post("/orders", {"product_id": 1, "quantity": 1}, shops[0].token())
    order = shops[3].get(created.headers["Location"], shops[3].token()).json
    assert created.json.items() >= order.items()


def test_a_full_disk_under_the_log_fails_no_request(start):
    shop = start(log="/dev/full")
    token = shop.token()
    assert [shop.get("/orders?user=1", token).status for _ in range(5)] == [200] * 5
    assert shop.stderr() == "api-1: cannot write /dev/full: [Errno 28] No space left on device\n"
