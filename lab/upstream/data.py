"""The shop's first rows, drawn from the seed, and the file that holds them."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.upstream.auth import password_hash
from lab.upstream.routes import ORDERS, PRODUCTS, USERS

_SCHEMA = """
CREATE TABLE products (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, price_cents INTEGER NOT NULL, stock INTEGER NOT NULL
);
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, password_hash TEXT NOT NULL);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, product_id INTEGER NOT NULL REFERENCES products,
    quantity INTEGER NOT NULL, total_cents INTEGER NOT NULL, status TEXT NOT NULL, created TEXT NOT NULL, charge TEXT
);
CREATE TABLE replacements (product_id INTEGER PRIMARY KEY REFERENCES products, by_id INTEGER NOT NULL);
CREATE INDEX orders_user ON orders (user_id);
"""
_MATERIALS = ("oak", "steel", "linen", "copper", "glass", "wool", "paper", "clay", "cork", "slate")
_THINGS = ("lamp", "kettle", "notebook", "chair", "mug", "clock", "basket", "tray", "blanket", "shelf", "bowl", "frame")
_FIRST = ("Ada", "Bo", "Carla", "Deniz", "Elif", "Femi", "Grete", "Hana", "Ivo", "Jun", "Kofi", "Lena", "Mira", "Noor")
_LAST = ("Abel", "Brandt", "Castro", "Diallo", "Eriksen", "Fuchs", "Garcia", "Horvat", "Ito", "Jansen", "Kaya", "Lund")


def ensure_database(path: Path, seed: int) -> None:
    """Make the database when it is missing.

    It is built beside its place and linked there when it is complete, so that of several replicas that start
    together one wins and none ever opens half a database.

    Raises:
        OSError: when the folder cannot be written.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not by its pid alone: replicas in containers of their own have the same.
    draft = path.with_name(f".{path.name}.{socket.gethostname()}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        _build(draft, seed)
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)


def _build(path: Path, seed: int) -> None:
    draw = random.Random(f"shop {seed}")
    with contextlib.closing(sqlite3.connect(path)) as db:
        # What is lost when the machine dies does not matter here; what is waited for at every start does.
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")
        db.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
        products = list(_products(draw))
        with db:
            db.executemany("INSERT INTO products VALUES (?, ?, ?, ?)", products)
            db.executemany("INSERT INTO users VALUES (?, ?, ?, ?)", _users(draw))
            db.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", _orders(draw, products))
        db.execute("PRAGMA journal_mode=WAL")


def _products(draw: random.Random) -> Iterator[tuple[Any, ...]]:
    names = draw.sample([f"{material} {thing}" for material in _MATERIALS for thing in _THINGS], PRODUCTS)
    for number, name in enumerate(names, 1):
        yield number, name, draw.randrange(490, 19_990, 10), draw.randint(0, 500)


def _users(draw: random.Random) -> Iterator[tuple[Any, ...]]:
    names = draw.sample([f"{first} {last}" for first in _FIRST for last in _LAST], USERS)
    for number, name in enumerate(names, 1):
        email = f"{name.lower().replace(' ', '.')}@shop.example"
        yield number, name, email, password_hash(number, f"password-{number}")


def _orders(draw: random.Random, products: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for number in range(1, ORDERS + 1):
        # Each user has at least one order, the rest fall as they may.
        user = number if number <= USERS else draw.randint(1, USERS)
        product = draw.choice(products)
        quantity = draw.randint(1, 5)
        created = f"2026-{draw.randint(9, 10):02}-{draw.randint(1, 28):02}T{draw.randint(6, 21):02}:00:00Z"
        status = draw.choice(("accepted", "shipped", "delivered"))
        yield number, user, product[0], quantity, quantity * product[2], status, created
