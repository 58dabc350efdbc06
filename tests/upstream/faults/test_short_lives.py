"""Faults of which the process dies by itself, whatever it is asked."""

from __future__ import annotations

import pytest


def test_a_process_that_waits_for_itself_is_killed_by_its_watchdog(shop):
    shop.fault("deadlock", after=0.1, patience=0.3)
    assert shop.get("/health").status == 200
    assert shop.wait() == -9
    assert not shop.core


def test_what_nobody_read_is_reset(shop):
    shop.fault("deadlock", after=0.0, patience=0.5)
    with shop.send("GET", "/health", X_Request_Id="r-1") as peer, pytest.raises(ConnectionResetError):
        peer.recv(65536)
    assert shop.lines(rid="r-1") == []


def test_a_watchdog_lets_a_process_live_that_is_only_busy(shop):
    shop.fault("deadlock", after=600, patience=0.5)
    assert [shop.get("/products").status for _ in range(20)] == [200] * 20
    assert shop.wait(0.6) is None


def test_a_check_that_fails_ends_the_process_and_says_why(shop):
    shop.fault("failing-check", after=0.2)
    assert shop.get("/products").status == 200
    assert shop.wait() == 1
    (failed,) = shop.lines("app.check_failed")
    assert failed["error"] == "OperationalError: no such table: schema_migrations"
    for told in (failed["traceback"], shop.stderr()):
        assert told.endswith("no such table: schema_migrations\n")
        assert "faults" not in told


@pytest.mark.parametrize("fault", [("deadlock", {"after": 0.4, "patience": 0.2}), ("failing-check", {"after": 0.4})])
def test_out_of_force_nobody_dies(shop, fault):
    shop.fault(fault[0], **fault[1])
    shop.admin("DELETE", f"/faults/{fault[0]}")
    assert shop.wait(0.7) is None
    assert shop.get("/health").status == 200
