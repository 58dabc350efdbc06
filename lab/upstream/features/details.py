"""Details of orders, in columns that a migration adds."""

from __future__ import annotations

import sqlite3

from lab.upstream.call import Call
from lab.upstream.features.feature import Place


def gift_notes(call: Call, _: Place) -> None:
    """What is written on the card."""
    call.first = lambda db: _latest(db, "SELECT id, gift_note FROM orders ORDER BY id DESC")


def discounts(call: Call, _: Place) -> None:
    """What was taken off."""
    call.first = lambda db: _latest(db, "SELECT id, discount_cents FROM orders ORDER BY id DESC")


def delivery_slots(call: Call, _: Place) -> None:
    """When it is to be brought."""
    call.first = lambda db: _latest(db, "SELECT id, delivery_slot FROM orders ORDER BY id DESC")


def _latest(db: sqlite3.Connection, query: str) -> object:
    return db.execute(query).fetchone()
