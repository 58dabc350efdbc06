from __future__ import annotations

import time


def test_the_route_answers_late_and_the_others_do_not(shop):
    shop.fault("slow", route="product", seconds=0.3)
    begun = time.monotonic()
    assert shop.get("/products/1", X_Request_Id="r-1").status == 200
    assert time.monotonic() - begun >= 0.3
    assert shop.line("request.finished", "r-1")["ms"] >= 300
    assert shop.get("/products", X_Request_Id="r-2").status == 200
    assert shop.line("request.finished", "r-2")["ms"] < 200


def test_the_handler_goes_on_when_the_peer_has_hung_up(shop):
    shop.fault("slow", route="product", seconds=0.5)
    with shop.send("GET", "/products/1", X_Request_Id="r-1"):
        shop.line("request.started", "r-1")
    finished = shop.line("request.finished", "r-1")
    assert finished["status"] == 200
    assert finished["ms"] >= 500
    assert finished["client_gone"] is True
    assert shop.stderr() == ""


def test_payments_can_be_slow_too(start, payments):
    payments.fault("slow", route="charges", seconds=1.0)
    shop = start(payments=payments.url, payments_timeout=0.2)
    assert shop.post("/checkout", {"order_id": 1}, shop.token(), X_Request_Id="r-1").status == 504
    assert payments.line("request.finished", "r-1")["client_gone"] is True
