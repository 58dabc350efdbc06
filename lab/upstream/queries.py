"""The shop's queries. Each runs in a thread, on one connection, inside one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]

ORDER_COLUMNS = ("id", "user_id", "product_id", "quantity", "total_cents", "status", "created")
SCAN_COLUMNS = (*ORDER_COLUMNS, "scan", "place")
_ORDER = ", ".join(ORDER_COLUMNS)


def products(db: sqlite3.Connection) -> list[Row]:
    """All products by id."""
    return [dict(row) for row in db.execute("SELECT id, name, price_cents, stock FROM products ORDER BY id")]


def product(db: sqlite3.Connection, number: int) -> Row | None:
    """One product."""
    return _first(db.execute("SELECT id, name, price_cents, stock FROM products WHERE id = ?", (number,)))


def in_place_of(db: sqlite3.Connection, number: int) -> list[int]:
    """The products that took the place of one, each of the one before it; as far as the first that comes again."""
    chain = [number]
    while len(set(chain)) == len(chain):
        row = db.execute("SELECT by_id FROM replacements WHERE product_id = ?", (chain[-1],)).fetchone()
        if row is None:
            break
        chain.append(row[0])
    return chain[1:]


def user(db: sqlite3.Connection, number: int) -> Row | None:
    """One user, without the hash."""
    return _first(db.execute("SELECT id, name, email FROM users WHERE id = ?", (number,)))


def order(db: sqlite3.Connection, number: int) -> Row | None:
    """One order, whatever its status."""
    return _first(db.execute(f"SELECT {_ORDER} FROM orders WHERE id = ?", (number,)))


BY_ID: Mapping[str, Callable[[sqlite3.Connection, int], Row | None]] = {
    "product": product,
    "user": user,
    "order": order,
}


def password_hash(db: sqlite3.Connection, number: int) -> str | None:
    """The hash of a user's password."""
    row = db.execute("SELECT password_hash FROM users WHERE id = ?", (number,)).fetchone()
    return str(row[0]) if row else None


def orders(db: sqlite3.Connection, user_id: int) -> list[Row]:
    """A user's orders by id, but for those still pending: the list stays as it is while others order."""
    rows = db.execute(f"SELECT {_ORDER} FROM orders WHERE user_id = ? AND status != 'pending' ORDER BY id", (user_id,))
    return [dict(row) for row in rows]


def scans(db: sqlite3.Connection, user_id: int, lines: int) -> list[Row]:
    """The same orders, each once for every scan of its parcel: `lines` rows in all, or one short of an order more."""
    rows = db.execute(
        f"""
        WITH RECURSIVE
            mine AS (SELECT {_ORDER} FROM orders WHERE user_id = ? AND status != 'pending'),
            step(scan) AS (
                SELECT 1 UNION ALL SELECT scan + 1 FROM step WHERE (scan + 1) * (SELECT count(*) FROM mine) <= ?
            )
        SELECT mine.*, scan, 'parcel centre ' || ((id * 7 + scan * 13) % 90 + 10) AS place FROM mine, step
        ORDER BY id, scan
        """,
        (user_id, lines),
    )
    return [dict(row) for row in rows]


def create_order(db: sqlite3.Connection, user_id: int, product_id: int, quantity: int) -> Row | None:
    """A new order, pending; None when there is no such product."""
    found = product(db, product_id)
    if found is None:
        return None
    created = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    values = (user_id, product_id, quantity, quantity * found["price_cents"], "pending", created)
    inserted = db.execute(
        "INSERT INTO orders (user_id, product_id, quantity, total_cents, status, created) VALUES (?, ?, ?, ?, ?, ?)",
        values,
    )
    return dict(zip(ORDER_COLUMNS, (inserted.lastrowid, *values), strict=True))


def note_charge(db: sqlite3.Connection, number: int, charge: str) -> None:
    """Keep the charge of an order; the order reads as before."""
    db.execute("UPDATE orders SET charge = ? WHERE id = ?", (charge, number))


def _first(rows: sqlite3.Cursor) -> Row | None:
    row = rows.fetchone()
    return dict(row) if row else None
