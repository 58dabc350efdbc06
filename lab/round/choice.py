"""Which scenario a round plays: the one that was named, or a blind draw."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab.catalog.load import find_scenario, load_scenarios
from lab.catalog.scenario import Scenario
from lab.engines.base import Engine
from lab.errors import LabError
from lab.faults.registry import needs
from lab.round.draws import generator

DEFAULT_MINUTES = 60.0
MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. It travels by pipe, never in arguments, environment or a file."""

    scenario: Scenario
    seed: int
    named: bool
    """Whether the caller named the scenario; else it is a blind round and id and seed stay hidden."""
    seed_given: bool
    engine: str
    minutes: float
    pace: float


def choose(request: Mapping[str, Any], engine: Engine) -> Wish:
    """What a start request asks for.

    Raises:
        LabError: for an unknown scenario, an empty choice, or a need that the engine does not offer here.
    """
    seed_given = request.get("seed") is not None
    seed = int(request["seed"]) if seed_given else secrets.randbelow(2**31)
    offers = engine.offers()
    if request.get("name"):
        scenario = find_scenario(str(request["name"]))
        if lacking := needs(scenario) - offers:
            raise LabError(
                f"{request['name']} needs {', '.join(sorted(lacking))}, which the {engine.name} engine lacks here.",
                "`lab doctor` says what is missing on this machine.",
            )
    else:
        scenario = _blind(request, seed, offers)
    minutes = float(request.get("minutes") or DEFAULT_MINUTES)
    if not 0 < minutes <= MOST_MINUTES:
        raise LabError(f"A round of {minutes:g} minutes is not possible.", f"Give 1 to {MOST_MINUTES}.", code=2)
    return Wish(
        scenario=scenario,
        seed=seed,
        named=bool(request.get("name")) and request["name"] == scenario.id,
        seed_given=seed_given,
        engine=engine.name,
        minutes=minutes,
        pace=float(request.get("pace") or 1.0),
    )


def _blind(request: Mapping[str, Any], seed: int, offers: frozenset[str]) -> Scenario:
    """A scenario drawn by the seed: of the wanted family and level; level 1 when neither is said."""
    family, level = request.get("family"), request.get("level")
    if level is None and family is None:
        level = 1
    fitting = [
        scenario
        for scenario in load_scenarios().values()
        if (level is None or scenario.level == level)
        and (family is None or scenario.family == family)
        and needs(scenario) <= offers
    ]
    if not fitting:
        asked = " and ".join(f"{what} {value}" for what, value in (("level", level), ("family", family)) if value)
        raise LabError(f"There is no scenario of {asked}.", "`lab list` shows what there is.", code=2)
    return generator(seed, "blind").choice(sorted(fitting, key=lambda scenario: scenario.id))
