"""Reading a fault's parameters, with errors that say what was expected."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

ANY = "any"
"""The route that stands for all of them."""


class BadParams(ValueError):
    """A fault that doesn't exist, or parameters that it does not take; the text says what was expected."""


class Params:
    """The parameters of one fault as they were given, and as far as they were read.

    Args:
        fault: the fault's name, for the errors.
        given: the parameters.
    """

    def __init__(self, fault: str, given: Mapping[str, Any]) -> None:
        self._fault = fault
        self._given = given
        self.read: dict[str, Any] = {}

    def choice(self, name: str, known: Collection[str]) -> str:
        """One of a set of words.

        Raises:
            BadParams: when it is none of them.
        """
        value = self._take(name, f"one of {', '.join(sorted(known))}")
        if not isinstance(value, str) or value not in known:
            self._refuse(name, f"one of {', '.join(sorted(known))}", value)
        return str(value)

    def route(self, known: Collection[str]) -> str:
        """The parameter `route`: the name of a route, or `any`."""
        return self.choice("route", {*known, ANY})

    def number(self, name: str, least: float, most: float) -> float:
        """A number within bounds.

        Raises:
            BadParams: when it isn't one.
        """
        wanted = f"a number from {least:g} to {most:g}"
        value = self._take(name, wanted)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self._refuse(name, wanted, value)
        if not least <= value <= most:
            self._refuse(name, wanted, value)
        return float(value)

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number within bounds.

        Raises:
            BadParams: when it isn't one.
        """
        wanted = f"a whole number from {least} to {most}"
        value = self._take(name, wanted)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self._refuse(name, wanted, value)
        return int(value)

    def done(self) -> None:
        """All were read.

        Raises:
            BadParams: when some are left over.
        """
        if left := sorted(set(self._given) - set(self.read)):
            takes = ", ".join(self.read) or "no parameters"
            raise BadParams(f"{self._fault}: unknown parameters {', '.join(left)}; it takes {takes}")

    def _take(self, name: str, wanted: str) -> Any:
        if name not in self._given:
            raise BadParams(f"{self._fault}: {name} is missing; expected {wanted}")
        self.read[name] = self._given[name]
        return self._given[name]

    def _refuse(self, name: str, wanted: str, value: Any) -> None:
        raise BadParams(f"{self._fault}: {name} is {value!r}; expected {wanted}")
