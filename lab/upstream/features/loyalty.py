"""Loyalty: what is granted to whom, by number."""

from __future__ import annotations

from lab.upstream.call import Call
from lab.upstream.features.feature import Place, number_in

_TIERS = ("bronze", "silver", "gold")
_LEVELS = {0: 10, 1: 25}


def tier(call: Call, _: Place) -> str:
    """The tier; there are four, and three have a name."""
    return _TIERS[number_in(call.path) % 4]


def discount_rate(call: Call, _: Place) -> int:
    """The rate for each purchase, also where there was none."""
    return 100 // (number_in(call.path) % 3)


def next_level(call: Call, _: Place) -> int:
    """What is missing to the level above, also for those who have none yet."""
    level = _LEVELS.get(number_in(call.path) % 3)
    return level + 5  # type: ignore[operator]
