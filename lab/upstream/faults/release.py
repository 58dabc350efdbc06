"""Another release, which brought a feature with a defect."""

from __future__ import annotations

from lab.upstream.faults.base import Application
from lab.upstream.faults.feature import Feature
from lab.upstream.faults.params import Params

NEXT = "2026.12.0"
"""What the application says of itself then."""


class Release(Feature):
    """`route`, `feature`: as the fault `feature`. A process that starts with it says that it is of that release."""

    name = "release"

    def __init__(self, params: Params, application: Application) -> None:
        super().__init__(params, application)
        self._release = application.release

    def put_in(self) -> None:
        """The new release."""
        self._before, self._release.name = self._release.name, NEXT

    def taken_out(self) -> None:
        """The old one."""
        self._release.name = self._before
