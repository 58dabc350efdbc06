"""The database's file is somewhere else."""

from __future__ import annotations

from lab.upstream.faults.base import Application, Fault, shop_of
from lab.upstream.faults.params import Params


class Moved(Fault):
    """The file is moved away, and connections have to be made anew."""

    name = "moved"

    def __init__(self, params: Params, application: Application) -> None:
        self._store, _ = shop_of(application, self.name)
        self._here = self._store.path
        self._away = self._here.with_name(f"{self._here.name}.moved")

    def put_in(self) -> None:
        """It is moved."""
        self._store.reopen(self._here)
        self._here.rename(self._away)

    def taken_out(self) -> None:
        """It is moved back."""
        self._away.rename(self._here)
