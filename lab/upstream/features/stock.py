"""Reservation of stock, while the stock is counted."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from functools import partial
from pathlib import Path

from lab.upstream.call import Call
from lab.upstream.features.feature import Place

_one_at_a_time = threading.Lock()


def reserve(call: Call, place: Place) -> None:
    """Read what is there and take one of it, in one transaction, while the count does the same in another."""
    call.first = partial(_reserve, place.folder / "stock.db", place.busy_timeout)


def _reserve(path: Path, busy: float, _: sqlite3.Connection) -> None:
    with _one_at_a_time, closing(_opened(path, busy)) as db:
        begun = threading.Event()
        counting = threading.Thread(target=_count, args=(path, busy, begun))
        db.execute("BEGIN")
        db.execute("SELECT pieces FROM stock WHERE product_id = 1").fetchone()
        counting.start()
        try:
            begun.wait()
            # The count may not finish before this transaction has, and this one may not write before the count has:
            # SQLite tells one of them at once, as waiting would have no end.
            db.execute("UPDATE stock SET pieces = pieces - 1 WHERE product_id = 1")
            db.execute("COMMIT")
        finally:
            db.rollback()
            counting.join()


def _count(path: Path, busy: float, begun: threading.Event) -> None:
    with closing(_opened(path, busy)) as db:
        db.execute("BEGIN IMMEDIATE")
        begun.set()
        db.execute("UPDATE stock SET pieces = 100 WHERE product_id = 1")
        db.execute("COMMIT")


def _opened(path: Path, busy: float) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=busy, isolation_level=None)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("CREATE TABLE IF NOT EXISTS stock (product_id INTEGER PRIMARY KEY, pieces INTEGER NOT NULL)")
    return db
