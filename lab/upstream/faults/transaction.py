"""A transaction that was begun and is not finished."""

from __future__ import annotations

import sqlite3

from lab.upstream.faults.base import Application, Fault, shop_of
from lab.upstream.faults.params import Params


class Transaction(Fault):
    """Another connection holds the database's lock for writing, as a console does that somebody left open."""

    name = "transaction"

    def __init__(self, params: Params, application: Application) -> None:
        store, _ = shop_of(application, self.name)
        self._where = f"{store.path.as_uri()}?mode=rw"

    def put_in(self) -> None:
        """It is begun."""
        self._other = sqlite3.connect(self._where, timeout=5.0, isolation_level=None, uri=True)
        self._other.execute("BEGIN IMMEDIATE")
        self._other.execute("UPDATE products SET stock = stock")

    def taken_out(self) -> None:
        """It is rolled back."""
        self._other.rollback()
        self._other.close()
