from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from lab.engines.base import Address
from lab.engines.process import addresses
from lab.errors import LabError

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")


@pytest.mark.parametrize("own", [pytest.param(True, marks=on_linux), False])
def test_a_number_has_one_holder(own: bool) -> None:
    first, holder = addresses.hold(own)
    second, other = addresses.hold(own)
    assert first != second
    addresses.let_go(holder)
    again, holder = addresses.hold(own)
    assert again <= first
    addresses.let_go(holder)
    addresses.let_go(other)


def test_a_number_is_free_again_when_its_holder_was_killed() -> None:
    program = (
        "import signal; from lab.engines.process import addresses\n"
        "n, holder = addresses.hold(True); print(n, flush=True); signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        n = int(other.stdout.readline())
        assert addresses._lock(n, True) is None
        other.send_signal(signal.SIGKILL)
        other.wait()
        lock = addresses._lock(n, True)
        assert lock is not None
        addresses.let_go(lock)


def test_all_numbers_taken_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "SLOTS", range(0))
    with pytest.raises(LabError, match="labs run on this machine already"):
        addresses.hold(True)


@on_linux
def test_a_lab_has_addresses_of_its_own() -> None:
    at = addresses.choose(251, 2, True)
    assert at.gateway == ("127.77.251.10", 8080)
    assert at.apis == (("127.77.251.21", 8000), ("127.77.251.22", 8000))
    assert at.api_admins[1] == ("127.77.251.22", 9000)
    assert (at.payments, at.payments_admin) == (("127.77.251.40", 8100), ("127.77.251.40", 9000))
    assert at.clients[0] == "127.77.251.101"
    assert len(at.clients) == 8


def test_elsewhere_a_lab_has_ports_of_its_own() -> None:
    at = addresses.choose(250, 4, False)
    assert {address.host for address in at.all()} == {"127.0.0.1"}
    assert len(set(at.all())) == 11
    assert all(20_000 < address.port < 32_768 for address in at.all())
    assert not set(at.all()) & set(addresses.choose(249, 4, False).all())
    assert at.clients == ()


@on_linux
@pytest.mark.parametrize("host", ["127.77.252.10", "0.0.0.0"])
def test_a_port_that_somebody_has_is_passed_over(host: str) -> None:
    usual = 8080
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        while True:  # on 0.0.0.0 somebody else may have it, which would do as well
            try:
                stranger.bind((host, usual))
                break
            except OSError:
                usual += 1
        if host != "0.0.0.0":
            stranger.listen()
            assert addresses.listens(Address(host, usual))
        else:
            # Bound is enough to be in the way of a socket that does not allow it, and nothing is open to others.
            stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        assert addresses.choose(252, 1, True).gateway.port != usual
    assert addresses.choose(252, 1, True).gateway.port <= usual


@on_linux
def test_no_port_left_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "MORE_PORTS", 0)
    with socket.socket() as stranger:
        stranger.bind(("127.77.253.10", 8080))
        stranger.listen()
        with pytest.raises(LabError, match=r"No port of 127.77.253.10 from 8080 to 8080 is free"):
            addresses.choose(253, 1, True)


def test_the_lock_is_not_inherited() -> None:
    _, holder = addresses.hold(True)
    number = holder if isinstance(holder, int) else holder.fileno()
    assert not os.get_inheritable(number)
    addresses.let_go(holder)


@on_linux
def test_a_listener_that_is_left_is_told_unless_somebody_else_has_the_number() -> None:
    at = addresses.choose(253, 1, True)
    with socket.socket() as left:
        left.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        left.bind(at.payments)
        left.listen()
        assert addresses.left_listening(at) == [at.payments]
        holder = addresses._lock(253, True)
        assert holder is not None
        assert addresses.left_listening(at) == []
        addresses.let_go(holder)
