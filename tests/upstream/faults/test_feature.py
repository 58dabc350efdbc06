"""Features with a defect, however they are switched on."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

ALWAYS = {
    "rounding-by-attribute": "AttributeError: module 'lab.upstream.features.pricing' has no attribute 'rounded'",
    "rounding-by-name": "NameError: name 'rounded' is not defined",
    "rounding-by-import": "ImportError: cannot import name 'rounded'",
    "gift-notes": "OperationalError: no such column: gift_note",
    "discounts": "OperationalError: no such column: discount_cents",
    "delivery-slots": "OperationalError: no such column: delivery_slot",
    "history": "QueryTooLong: a query was interrupted after its limit of 0.2 s",
    "stock": "OperationalError: database is locked",
}
FOR_SOME = {"tier": "IndexError", "discount-rate": "ZeroDivisionError", "next-level": "TypeError"}


@pytest.mark.parametrize(("feature", "error"), ALWAYS.items())
def test_it_raises_in_its_own_code_on_that_route_only(start, feature, error):
    shop = start(query_limit=0.2)
    shop.fault("feature", route="product", feature=feature)
    answer = shop.get("/products/1", X_Request_Id="r-1")
    assert (answer.status, answer.json["error"]) == (500, "internal server error")
    told = shop.line("exception", "r-1")
    assert told["error"].startswith(error)
    assert "lab/upstream/features/" in told["traceback"]
    assert "lab/upstream/faults/" not in told["traceback"]
    assert shop.get("/products").status == shop.get("/health").status == 200
    shop.admin("DELETE", "/faults/feature")
    assert shop.get("/products/1").status == 200


@pytest.mark.parametrize(("feature", "error"), FOR_SOME.items())
def test_some_inputs_go_well_and_some_do_not(shop, feature, error):
    shop.fault("feature", route="product", feature=feature)
    statuses = [shop.get(f"/products/{number}").status for number in range(1, 13)]
    assert set(statuses) == {200, 500}
    assert all(line["error"].startswith(error) for line in shop.lines("exception"))
    assert statuses == [shop.get(f"/products/{number}").status for number in range(1, 13)]


def test_what_was_never_written_is_501_and_no_accident(shop):
    shop.fault("feature", route="products", feature="instalments")
    answer = shop.get("/products", X_Request_Id="r-1")
    assert (answer.status, answer.json["error"]) == (501, "splitting a payment is not implemented")
    assert not shop.lines("exception")


def test_a_lock_that_would_be_waited_for_without_end_is_refused_at_once(start):
    shop = start(busy_timeout=5.0)
    shop.fault("feature", route="product", feature="stock")
    for n in range(3):
        shop.get("/products/1", X_Request_Id=f"r-{n}")
        assert shop.line("exception", f"r-{n}")["query_ms"] < 2000


def test_a_release_says_so_from_its_start(start):
    shop = start(faults=[{"name": "release", "route": "products", "feature": "rounding-by-name"}])
    assert shop.get("/health").json["release"] == shop.state()["release"] == "2026.12.0"
    assert shop.lines()[0]["release"] == "2026.12.0"
    assert shop.get("/products").status == 500
    shop.admin("DELETE", "/faults/release")
    assert shop.get("/health").json["release"] == "2026.11.3"


def test_a_log_that_goes_elsewhere_stands_on_stderr(start):
    shop = start(faults=[{"name": "log-elsewhere", "route": "products", "feature": "rounding-by-name"}])
    assert shop.get("/products", X_Request_Id="r-1").status == 500
    assert shop.lines() == []
    there = [json.loads(line) for line in shop.stderr().splitlines()]
    assert [line["event"] for line in there if line.get("rid") == "r-1"] == [
        "request.started",
        "exception",
        "request.finished",
    ]
    shop.admin("DELETE", "/faults/log-elsewhere")
    assert shop.get("/products", X_Request_Id="r-2").status == 200
    assert shop.line("request.finished", "r-2")


def test_a_log_in_blocks_dies_with_its_process_and_no_request_does(shop):
    shop.fault("log-in-blocks", route="product", feature="discount-rate")
    before = len(shop.lines())
    assert shop.get("/products/1").status == 200
    assert shop.get("/products/3").status == 500
    answered = time.monotonic()
    while shop.wait(0.001) is None:
        try:
            assert shop.get("/products").status == 200
        except ConnectionError:
            assert shop.wait() == -9
        assert time.monotonic() < answered + 5
    assert len(shop.lines()) == before


def test_a_log_in_blocks_takes_no_request_along(shop, until):
    shop.fault("log-in-blocks", route="product", feature="discount-rate")
    shop.fault("slow", route="products", seconds=1.0)
    with ThreadPoolExecutor(1) as clients:
        asked = clients.submit(shop.get, "/products")
        until(lambda: shop.state() and shop.get("/products/3").status == 500)
        assert asked.result().status == 200
    assert shop.wait() == -9


def test_a_log_in_blocks_is_whole_when_it_ends_in_time(shop):
    shop.fault("log-in-blocks", route="product", feature="discount-rate")
    assert shop.get("/products/3", X_Request_Id="r-1").status == 500
    shop.admin("DELETE", "/faults/log-in-blocks")
    assert shop.line("exception", "r-1")
    assert shop.wait(0.5) is None


def test_an_envelope_holds_an_error_under_a_good_status(shop):
    shop.fault("envelope", route="products", feature="rounding-by-name")
    answer = shop.get("/products", X_Request_Id="r-1")
    assert (answer.status, answer.json["ok"]) == (200, False)
    finished = shop.line("request.finished", "r-1")
    assert (finished["status"], finished["error"]) == (200, "NameError: name 'rounded' is not defined")
    assert shop.get("/products/99").status == 404


def test_outside_of_the_log_the_framework_answers(shop):
    shop.fault("outermost", route="products")
    answer = shop.get("/products", X_Request_Id="r-1")
    assert answer.status == 500
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert not shop.lines(rid="r-1")
    assert "Error handling request" in shop.stderr()
    assert "KeyError: 'products'" in shop.stderr()
    assert "lab/upstream/faults/" not in shop.stderr()
    assert shop.get("/products/1").headers["Content-Language"] == "en"
    assert shop.get("/nowhere").status == 404
    shop.admin("DELETE", "/faults/outermost")
    assert shop.get("/products").status == 200
