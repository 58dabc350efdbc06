"""How an order compares with all others."""

from __future__ import annotations

import sqlite3

from lab.upstream.call import Call
from lab.upstream.features.feature import Place


def compare_with_all(call: Call, _: Place) -> None:
    """How often three orders together cost less than a product: a join without a condition that could use an index."""
    call.first = _compare


def _compare(db: sqlite3.Connection) -> object:
    return db.execute(
        "SELECT count(*) FROM orders a, orders b, orders c, products p "
        "WHERE a.total_cents + b.total_cents + c.total_cents < p.price_cents"
    ).fetchone()
