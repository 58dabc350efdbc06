"""The shop opens a database of last year."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from lab.upstream.data import ensure_database
from lab.upstream.faults.base import Application, Fault, shop_of
from lab.upstream.faults.params import Params

PLACES = ("shop-2025.db", "archive/shop-2025.db", "before-the-move/shop.db")
COLUMNS = {"created": "ordered_at", "status": "state", "total_cents": "amount"}
"""Columns of the orders → what they were called then."""


class OldDatabase(Fault):
    """`place`, `column`: where it lies, beside the present one, and the column that was called otherwise then."""

    name = "old-database"

    def __init__(self, params: Params, application: Application) -> None:
        self._store, _ = shop_of(application, self.name)
        self._now = self._store.path
        self._old = self._now.parent / params.choice("place", PLACES)
        self._column = params.choice("column", COLUMNS)

    def put_in(self) -> None:
        """It is what connections open from now on."""
        _as_it_was(self._old, self._column)
        self._store.reopen(self._old)

    def taken_out(self) -> None:
        """They open the present one again."""
        self._store.reopen(self._now)


def _as_it_was(path: Path, column: str) -> None:
    path.unlink(missing_ok=True)
    ensure_database(path, 2025)
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"ALTER TABLE orders RENAME COLUMN {column} TO {COLUMNS[column]}")
