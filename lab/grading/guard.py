"""The guard of reasons: what is told before a round is over names neither the mechanism nor the scenario."""

from __future__ import annotations

from collections.abc import Iterable

NEUTRAL = "See the line."
"""Said when even the second-best sentence gives a name away."""


def plain(text: str) -> str:
    """`text` in the form in which names are compared: lower case, dashes and underscores as spaces."""
    return " ".join(text.lower().replace("-", " ").replace("_", " ").split())


def names_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """The hidden names that occur in `text`, also inside longer words."""
    said = plain(text)
    return tuple(name for name in names if (hidden := plain(name)) and hidden in said)


def scrub(text: str, names: Iterable[str], *, instead: str = NEUTRAL) -> str:
    """`text` when it holds no hidden name; else `instead`; else a sentence that holds nothing."""
    names = tuple(names)
    return next((one for one in (text, instead) if not names_in(one, names)), NEUTRAL)
