"""What an engine is to launch for a scenario."""

from __future__ import annotations

from pathlib import Path

from lab.catalog.scenario import Scenario
from lab.engines.base import Plan

_TIMERS = ("read_timeout", "connect_timeout", "send_timeout")


def plan_of(scenario: Scenario, folder: Path, seed: int, pace: float) -> Plan:
    """The plan for a round in `folder`, whose name is the round's.

    Args:
        scenario: says what the system is like.
        folder: where everything goes.
        seed: decides the shop's data.
        pace: factor on the gateway's timers. It is for failures that take as long as such a timer; for others a
            shorter timer would only make a busy machine look broken.
    """
    topology = scenario.topology
    gateway = topology.gateway.model_dump()
    for timer in _TIMERS:
        gateway[timer] = round(gateway[timer] * pace, 3)
    return Plan(
        round=folder.name,
        folder=folder,
        replicas=topology.replicas,
        gateway=gateway,
        api=topology.api.model_dump(),
        restart=topology.restart.model_dump(),
        routes=topology.routes.model_dump(),
        seed=seed,
    )
