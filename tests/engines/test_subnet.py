from __future__ import annotations

import ipaddress
import os
from pathlib import Path

import pytest

from lab.engines.compose import subnet
from lab.engines.compose.subnet import Slot, Subnet, choose, is_held
from lab.errors import LabError
from lab.logs.route import hop_of


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks of this test alone, and a machine without networks."""
    monkeypatch.setattr(subnet, "_LOCK", f"\0badgateway-test-{os.getpid()}-{{}}")
    monkeypatch.setattr(subnet, "_ROUTES", Path("/nowhere"))


def test_every_address_is_of_the_round_and_of_one_network() -> None:
    one = Subnet(7)
    hops = ipaddress.ip_network(one.hops)
    addresses = [one.hop(name) for name in ("gateway", "api-1", "api-4", "payments")] + [one.toxiproxy]
    assert len({address.host for address in addresses}) == 5
    assert all(ipaddress.ip_address(address.host) in hops for address in addresses)
    nets = [ipaddress.ip_network(net) for net in one.client_nets]
    assert [next(net.hosts()) for net in nets] == [ipaddress.ip_address(client) for client in one.clients]
    assert not any(a.overlaps(b) for n, a in enumerate(nets) for b in [hops, *nets[:n]])
    assert all(net.subnet_of(ipaddress.ip_network("10.77.7.0/24")) for net in [hops, *nets])


def test_the_log_reader_knows_the_replicas_by_their_addresses() -> None:
    one = Subnet(201)
    for api in ("api-1", "api-4"):
        assert hop_of(str(one.hop(api))) == api
        assert hop_of(str(one.link(api))) == api
    assert hop_of(str(one.link("payments"))) == str(one.link("payments"))
    assert hop_of(str(one.hop("gateway"))) == str(one.hop("gateway"))


def test_a_number_is_held_by_one_and_free_again() -> None:
    first = choose([])
    second = choose([])
    assert (first.subnet.n, second.subnet.n) == (1, 2)
    assert is_held(1)
    with pytest.raises(BlockingIOError):
        Slot(2)
    first.close()
    assert not is_held(1)
    third = choose([])
    assert third.subnet.n == 1
    second.close()
    third.close()


@pytest.mark.parametrize(
    ("taken", "n"),
    [
        (["10.77.1.0/25"], 2),
        (["10.77.1.192/30", "172.17.0.0/16", "fd00::/8", ""], 2),
        (["10.77.0.0/22"], 4),
        (["10.78.0.0/16"], 1),
    ],
)
def test_what_the_engine_has_is_left_alone(taken: list[str], n: int) -> None:
    slot = choose(taken)
    assert slot.subnet.n == n
    slot.close()


def test_what_did_not_do_is_not_tried_again() -> None:
    slot = choose([], beyond=5)
    assert slot.subnet.n == 6
    slot.close()


def test_ways_of_this_machine_are_left_alone_but_wide_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    routes = tmp_path / "route"
    routes.write_text(
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
        "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
        "tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n"  # all of 10.0.0.0/8
        "tun1\t00014D0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"  # 10.77.1.0/24
    )
    monkeypatch.setattr(subnet, "_ROUTES", routes)
    slot = choose([])
    assert slot.subnet.n == 2
    slot.close()


def test_when_none_is_free_that_is_said() -> None:
    with pytest.raises(LabError, match="No network of") as caught:
        choose(["10.77.0.0/16"])
    assert "lab stop --all" in caught.value.cure
