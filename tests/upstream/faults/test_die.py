from __future__ import annotations

import signal

import pytest


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGABRT"])
def test_the_process_dies_after_it_logged_the_start_and_the_peer_sees_a_fin(shop, name):
    shop.fault("die", route="checkout", signal=name)
    assert shop.get("/health").status == 200
    with shop.send("POST", "/checkout", b'{"order_id": 1}' + b" " * 500_000, X_Request_Id="r-1") as peer:
        # An RST would raise ConnectionResetError.
        assert peer.recv(65536) == b""
    assert shop.wait() == -signal.Signals[name]
    assert not shop.core
    assert shop.lines("request.started", "r-1")
    assert not shop.lines("request.finished", "r-1")


def test_it_dies_before_it_asks_for_a_token(shop):
    shop.fault("die", route="order", signal="SIGKILL")
    with shop.send("GET", "/orders/1") as peer:
        assert peer.recv(65536) == b""
    assert shop.wait() == -9


def test_out_of_force_nobody_dies(shop):
    shop.fault("die", route="any", signal="SIGKILL")
    shop.admin("DELETE", "/faults/die")
    assert shop.get("/health").status == 200
