"""A check at the start that fails."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys

from lab.upstream.faults.base import Application, Fault, shop_of
from lab.upstream.faults.params import Params
from lab.upstream.schema import version_of
from lab.upstream.traces import trace_of


class FailingCheck(Fault):
    """`after`: so many seconds from now the application checks which version of the schema its database has.

    It serves meanwhile. The database has no table that says so, and without an answer the application exits with
    code 1.
    """

    name = "failing-check"

    def __init__(self, params: Params, application: Application) -> None:
        self._after = params.number("after", 0, 600)
        self._store, _ = shop_of(application, self.name)
        self._journal = application.journal
        self._checking: asyncio.TimerHandle | None = None

    def put_in(self) -> None:
        """The time runs."""
        self._checking = asyncio.get_running_loop().call_later(self._after, self._check)

    def taken_out(self) -> None:
        """Nothing is checked."""
        if self._checking:
            self._checking.cancel()

    def _check(self) -> None:
        try:
            version_of(self._store.path)
        except sqlite3.Error as error:
            text = f"{type(error).__name__}: {error}"
            self._journal.write("app.check_failed", level="critical", error=text, traceback=trace_of(error))
            print(trace_of(error), end="", file=sys.stderr, flush=True)
            # Not sys.exit: that would wait for threads whose queries are still running.
            os._exit(1)
