from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from lab.catalog.load import load_scenarios
from lab.faults.app import AppFault, Die, Maintenance, Slow
from lab.faults.code import Release
from lab.faults.registry import build
from lab.round.draws import draw

APP_FAULTS = {
    injector.name: injector
    for scenario in load_scenarios().values()
    for injector in build(scenario, draw(scenario, 1))
    if isinstance(injector, AppFault)
}
"""Those that scenarios use, as they use them."""


class Hop:
    """Notes what is done to it."""

    def __init__(self) -> None:
        self.done = []

    def __getattr__(self, name):
        def note(*args):
            self.done.append((name, *args))
            return asyncio.sleep(0)

        return note

    def arm(self, fault):
        self.done.append(("arm", fault))

    def expect_death(self, expected):
        self.done.append(("expect_death", expected))


@pytest.fixture
def hop():
    return Hop()


@pytest.fixture
def stack(hop):
    return SimpleNamespace(hop=lambda name: hop, conf={"read_timeout": 3.0})


@pytest.mark.parametrize("fault", APP_FAULTS.values(), ids=APP_FAULTS)
async def test_it_is_told_with_its_name_and_taken_out_by_it(fault, hop, stack):
    await fault.inject(stack)
    told = [done[1] if done[0] == "arm" else done[3] for done in hop.done if done[0] == "arm" or done[1:2] == ("POST",)]
    assert all(one["name"] == fault.name and "hop" not in one for one in told)
    assert told
    hop.done.clear()
    await fault.restore(stack)
    deployed = [("arm", None), ("stop",), ("start",)]
    taken_out = [("control", "DELETE", f"/faults/{fault.name}")]
    assert [done for done in hop.done if done[0] in ("control", "stop", "start") or done == ("arm", None)] in (
        taken_out,
        deployed,
        [("arm", None), *taken_out],
    )
    assert fault.kills == (() if hop.done[-1:] == taken_out else ("api-1",))


async def test_what_comes_with_a_deploy_is_there_when_the_process_starts(hop, stack):
    await Release(hop="api-1", route="order", feature="tier").inject(stack)
    assert hop.done == [("arm", {"name": "release", "route": "order", "feature": "tier"}), ("stop",), ("start",)]


async def test_what_kills_is_armed_for_every_process_to_come(hop, stack):
    await Die(hop="api-1", route="order").inject(stack)
    told = {"name": "die", "route": "order", "signal": "SIGKILL"}
    assert hop.done == [("expect_death", True), ("arm", told), ("control", "POST", "/faults", told)]


def test_times_follow_the_gateways(stack):
    assert Slow(hop="api-1", route="order", of_read_timeout=1.5).parameters(stack) == {"route": "order", "seconds": 4.5}
    assert Maintenance(hop="api-1", retry_after=30).told(stack) == {"name": "maintenance", "retry_after": 30}
