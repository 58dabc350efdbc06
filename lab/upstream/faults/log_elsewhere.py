"""The log is written to another place than it used to be."""

from __future__ import annotations

from lab.upstream.faults.base import Application
from lab.upstream.faults.params import Params
from lab.upstream.faults.release import Release

_STDERR = 2


class LogElsewhere(Release):
    """`route`, `feature`: as the fault `release`. What would stand in the log goes to the process's stderr."""

    name = "log-elsewhere"

    def __init__(self, params: Params, application: Application) -> None:
        super().__init__(params, application)
        self._journal = application.journal

    def put_in(self) -> None:
        """From now on."""
        super().put_in()
        self._journal.to(_STDERR)

    def taken_out(self) -> None:
        """It is a file again."""
        self._journal.to(None)
        super().taken_out()
