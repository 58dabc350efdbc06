"""Products that take each other's place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing

from lab.upstream.faults.base import Application, Fault, shop_of
from lab.upstream.faults.params import Params
from lab.upstream.routes import PRODUCTS


class Replaced(Fault):
    """`first`, `last`: each product from one to the other is replaced by the next, and the last by the first."""

    name = "replaced"

    def __init__(self, params: Params, application: Application) -> None:
        self._store, _ = shop_of(application, self.name)
        self._first = params.whole("first", 1, PRODUCTS - 1)
        self._last = params.whole("last", self._first + 1, PRODUCTS)

    def put_in(self) -> None:
        """It is entered."""
        numbers = range(self._first, self._last + 1)
        pairs = [(number, number + 1 if number < self._last else self._first) for number in numbers]
        self._write("INSERT OR REPLACE INTO replacements VALUES (?, ?)", pairs)

    def taken_out(self) -> None:
        """It is struck out."""
        self._write("DELETE FROM replacements WHERE product_id = ?", [(n,) for n in range(self._first, self._last + 1)])

    def _write(self, statement: str, rows: Iterable[tuple[int, ...]]) -> None:
        with closing(sqlite3.connect(f"{self._store.path.as_uri()}?mode=rw", uri=True)) as db, db:
            db.executemany(statement, rows)
