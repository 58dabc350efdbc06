"""What a round's seed decides: one generator for each name, so that a new draw does not shift the others."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Any

from lab.catalog.scenario import Scenario
from lab.errors import LabError

ROUTE_WORDS = {
    "health": "the health page",
    "products": "the list of products",
    "product": "a product's page",
    "login": "logging in",
    "user": "a user's page",
    "orders": "the list of one's orders",
    "order": "an order's page",
    "order-create": "placing an order",
    "checkout": "paying for an order",
    "export": "the export of orders as CSV",
    "price-list": "sending in a list of prices",
}
"""How a user would call a route."""


def generator(seed: int, purpose: str) -> random.Random:
    """The generator for one purpose."""
    return random.Random(f"{seed}/{purpose}")


def draw(scenario: Scenario, seed: int) -> dict[str, Any]:
    """All draws of a round. The same seed, scenario and version give the same.

    Besides what the scenario varies there is `route_words`, the drawn route as a user would call it.
    """
    draws: dict[str, Any] = {}
    for name, varied in scenario.vary.items():
        dice = generator(seed, f"{scenario.id}@{scenario.version}/{name}")
        draws[name] = dice.choice(varied.one_of) if varied.one_of else round(dice.uniform(*varied.between or (0, 0)), 3)
    if route := draws.get("route"):
        draws["route_words"] = ROUTE_WORDS[route]
    return draws


def fill(text: str, draws: Mapping[str, Any]) -> str:
    """`text` with each `$name` replaced; a sentence that begins with a draw keeps its capital."""

    def value(match: re.Match[str]) -> str:
        if match[2] not in draws:
            raise LabError(f"Nothing draws ${match[2]}.", "Add it under `vary` in the scenario.", code=2)
        drawn = str(draws[match[2]])
        starts = match[1] == "" or match[1][0] in ".!?"
        return match[1] + (drawn[:1].upper() + drawn[1:] if starts else drawn)

    return re.sub(r"(^|[.!?]?\s)\$([a-z_]+)", value, text)
