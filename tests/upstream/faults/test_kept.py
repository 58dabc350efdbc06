"""Faults of what the shop keeps, and of what the kernel grants it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

ORDER = {"product_id": 3, "quantity": 2}
PRICES = b"product_id,price_cents,remark\n3,995,\n"


def statuses(shop):
    """What reads and what writes, without payments."""
    token = shop.token(3)
    reads = [shop.get(path, token).status for path in ("/products", "/products/3", "/orders?user=3", "/export?user=3")]
    writes = [shop.post("/orders", ORDER, token).status, shop.request("POST", "/price-list", PRICES, token).status]
    return reads, writes


@pytest.fixture
def well(shop):
    """A shop that has done everything once, and has to be able to do it again in the end."""
    assert statuses(shop) == ([200] * 4, [201] * 2)
    yield shop
    for name in shop.state()["faults"]:
        assert shop.admin("DELETE", f"/faults/{name}").status == 200
    assert statuses(shop) == ([200] * 4, [201] * 2)


@pytest.mark.parametrize(
    ("fault", "error", "reads", "writes"),
    [
        ({"name": "moved"}, "unable to open database file", [500] * 4, [500, 201]),
        ({"name": "full-disk", "holds": "data"}, "[Errno 28] No space left on device", [200] * 4, [500, 500]),
        ({"name": "template", "of": "export", "how": "gone"}, "[Errno 2] No such", [200] * 3 + [500], [201, 201]),
        ({"name": "template", "of": "export", "how": "denied"}, "[Errno 13] Permi", [200] * 3 + [500], [201, 201]),
        ({"name": "template", "of": "order-create", "how": "gone"}, "[Errno 2] No such", [200] * 4, [500, 201]),
        ({"name": "memory", "route": "export"}, "MemoryError", [200] * 3 + [500], [201, 201]),
    ],
)
def test_what_fails_and_what_goes_on(well, fault, error, reads, writes):
    well.fault(**fault)
    assert statuses(well) == (reads, writes)
    assert all(error in line["error"] for line in well.lines("exception"))
    assert well.lines("exception")
    assert well.get("/health").status == 200


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux has capabilities")
def test_what_the_process_may_do_it_may_again_afterwards(shop):
    def may():
        return [line for line in Path(f"/proc/{shop.pid}/status").read_text().splitlines() if line.startswith("Cap")]

    shop.get("/health")
    before = may()
    shop.fault("template", of="export", how="denied")
    overrides = int(next(line for line in before if line.startswith("CapEff")).split()[1], 16) & 0b110
    assert (may() != before) == bool(overrides)
    shop.admin("DELETE", "/faults/template")
    assert may() == before


def test_a_full_disk_under_the_log_too_leaves_one_line_on_stderr(well):
    well.fault("full-disk", holds="data-and-log")
    before = len(well.lines())
    assert statuses(well) == ([200] * 4, [500, 500])
    assert len(well.lines()) == before
    assert well.stderr().count("[Errno 28] No space left on device") == 1
    well.admin("DELETE", "/faults/full-disk")
    well.get("/health", X_Request_Id="r-1")
    assert well.line("request.finished", "r-1")


def test_who_wants_to_write_waits_for_the_transaction(start):
    shop = start(busy_timeout=0.3)
    shop.fault("transaction")
    begun = time.monotonic()
    assert shop.post("/orders", ORDER, shop.token(), X_Request_Id="r-1").status == 500
    assert time.monotonic() - begun >= 0.3
    told = shop.line("exception", "r-1")
    assert told["error"] == "OperationalError: database is locked"
    assert told["query_ms"] >= 300
    assert shop.get("/products/3").status == 200
    shop.admin("DELETE", "/faults/transaction")
    assert shop.post("/orders", ORDER, shop.token()).status == 201


@pytest.mark.parametrize("column", ["created", "status", "total_cents"])
def test_the_database_of_last_year_is_named_at_the_start_and_lacks_a_column(start, column):
    shop = start(faults=[{"name": "old-database", "place": "archive/shop-2025.db", "column": column}])
    old = shop.get("/products").body
    assert shop.lines()[0]["database"].endswith("/archive/shop-2025.db")
    assert shop.get("/orders?user=3", shop.token(), X_Request_Id="r-1").status == 500
    assert shop.line("exception", "r-1")["error"] == f"OperationalError: no such column: {column}"
    shop.admin("DELETE", "/faults/old-database")
    assert shop.get("/orders?user=3", shop.token()).status == 200
    assert shop.get("/products").body != old


def test_products_that_replace_each_other_are_508_and_a_chain_with_an_end_is_followed(shop):
    shop.fault("replaced", first=3, last=5)
    answer = shop.get("/products/4")
    assert (answer.status, answer.json["error"]) == (508, "what takes the place of product 4 leads back: 5, 3, 4")
    assert shop.get("/products/6").json.keys() == {"id", "name", "price_cents", "stock"}
    shop.admin("DELETE", "/faults/replaced")
    assert shop.get("/products/4").status == 200


@pytest.mark.parametrize(
    ("shape", "error"),
    [
        ("cut", "incomplete or truncated stream"),
        ("plain", "incorrect header check"),
        ("latin-1", "'utf-8' codec can't decode byte"),
        ("half", "Unterminated string"),
    ],
)
def test_a_sheet_breaks_the_products_of_its_supplier(shop, shape, error):
    shop.fault("bad-sheet", supplier=2, shape=shape)
    assert [shop.get(f"/products/{number}").status for number in range(1, 8)] == [200, 500, 200, 200, 200, 200, 500]
    told = shop.lines("exception")[0]
    assert error in told["error"] or error.split()[0] in told["error"]
    assert told["traceback"].rstrip().endswith("in the sheet supplier-2.json.z, as its supplier uploaded it")
    shop.admin("DELETE", "/faults/bad-sheet")
    assert shop.get("/products/2").status == 200


def test_a_spool_that_is_full_takes_no_more_and_says_how_much_it_holds(well):
    well.fault("full-spool", lists=33)
    long = b"product_id,price_cents,remark\n" + b"3,995,\n" * 900
    answer = well.request("POST", "/price-list", long, well.token())
    assert answer.status == 507
    assert answer.json["error"] == "the spool holds 4190208 of 4194304 bytes, 6330 more do not fit"


def test_descriptors_run_out_on_one_route_and_the_rest_goes_on(well):
    well.fault("descriptors", route="product")
    seen = [well.get("/products/3").status for _ in range(5)]
    assert seen[0] == 200
    assert seen[-1] == 500
    assert all("[Errno 24] Too many open files" in line["error"] for line in well.lines("exception"))
    assert [well.get("/products").status for _ in range(5)] == [200] * 5


def test_a_receipt_whose_text_asks_for_more_is_never_written_and_only_stderr_knows(start, payments, until):
    shop = start(payments=payments.url)
    assert shop.post("/checkout", {"order_id": 12}, shop.token(), X_Request_Id="r-1").status == 200
    assert shop.line("receipt.written", "r-1")
    shop.fault("template", of="checkout", how="changed")
    assert shop.post("/checkout", {"order_id": 12}, shop.token(), X_Request_Id="r-2").status == 200
    until(lambda: "Task exception was never retrieved" in shop.stderr())
    assert not shop.lines("receipt.written", "r-2")
    assert not shop.lines("exception")
    shop.admin("DELETE", "/faults/template")
    assert shop.post("/checkout", {"order_id": 12}, shop.token(), X_Request_Id="r-3").status == 200
    assert shop.line("receipt.written", "r-3")


@pytest.mark.parametrize("name", ["moved", "transaction", "full-disk"])
def test_payments_keeps_nothing(payments, name):
    given = {"holds": "data"} if name == "full-disk" else {}
    answer = payments.admin("POST", "/faults", {"name": name, **given})
    assert answer.json["error"] == f"{name}: payments is no shop; expected an api"
