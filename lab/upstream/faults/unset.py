"""A variable is missing in the environment of the process."""

from __future__ import annotations

import os

from lab.upstream.faults.base import Application, Fault
from lab.upstream.faults.params import Params

READ_BY = {"checkout": "SHOP_CURRENCY", "export": "SHOP_NAME", "price-list": "SHOP_REVIEWER"}
"""Route → the variable that its handler reads."""


class Unset(Fault):
    """`route`: the variable that its handler reads is not set."""

    name = "unset"

    def __init__(self, params: Params, application: Application) -> None:
        self._variable = READ_BY[params.choice("route", READ_BY)]
        self._before: str | None = None

    def put_in(self) -> None:
        """It is taken away."""
        self._before = os.environ.pop(self._variable, None)

    def taken_out(self) -> None:
        """It is set again."""
        if self._before is not None:
            os.environ[self._variable] = self._before
