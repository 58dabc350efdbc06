"""Chance: one generator for each purpose, so that a draw more here does not shift those elsewhere."""

from __future__ import annotations

import random


class Draws:
    """Where generators come from.

    Args:
        seed: the same seed gives each purpose the same numbers again; None for other numbers each time.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._seed = seed
        self._shared = random.Random()

    def of(self, *purpose: object) -> random.Random:
        """The generator for a purpose, from its beginning."""
        if self._seed is None:
            return self._shared
        return random.Random(f"{self._seed}/{'/'.join(map(repr, purpose))}")
