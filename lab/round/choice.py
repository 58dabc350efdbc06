"""Which scenario a round plays: the one that was named, or a blind draw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab.catalog.load import find_scenario, load_scenarios
from lab.catalog.scenario import Scenario
from lab.engines.base import Engine
from lab.errors import LabError
from lab.faults.registry import needs
from lab.round.draws import generator
from lab.round.round import MOST_MINUTES, Wish
from lab.round.run import new_seed

DEFAULT_MINUTES = 60.0


def wish(request: Mapping[str, Any], engine: Engine) -> Wish:
    """What a start request asks for.

    Raises:
        LabError: for an unknown scenario, an empty choice, or a need that the engine does not offer here.
    """
    seed_given = request.get("seed") is not None
    seed = int(request["seed"]) if seed_given else new_seed()
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
