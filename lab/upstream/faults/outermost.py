"""Something outermost fails, around the log."""

from __future__ import annotations

from lab.upstream.faults.base import Application, Fault
from lab.upstream.faults.params import Params
from lab.upstream.features.languages import speaking


class Outermost(Fault):
    """`route`: a middleware fails on it before the one is reached that logs requests and answers for exceptions."""

    name = "outermost"

    def __init__(self, params: Params, application: Application) -> None:
        self._middleware = speaking(params.choice("route", application.routes))
        self._front = application.front

    def put_in(self) -> None:
        """It stands in front."""
        self._front.middleware = self._middleware

    def taken_out(self) -> None:
        """It is gone."""
        self._front.middleware = None
