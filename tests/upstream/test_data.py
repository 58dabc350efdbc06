from __future__ import annotations

import os
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from lab.upstream import data
from lab.upstream.data import ensure_database


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as db:
        return {t: db.execute(f"SELECT * FROM {t}").fetchall() for t in ("products", "users", "orders")}


def test_the_seed_decides_the_rows(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        ensure_database(tmp_path / name, seed)
    a, b, c = (rows(tmp_path / name) for name in "abc")
    assert {table: len(content) for table, content in a.items()} == {"products": 60, "users": 40, "orders": 200}
    assert a == b
    assert all(a[table] != c[table] for table in a)


def test_every_user_has_an_order(tmp_path):
    ensure_database(tmp_path / "db", 1)
    assert {row[1] for row in rows(tmp_path / "db")["orders"]} == set(range(1, 41))


def test_an_existing_database_stays(tmp_path):
    ensure_database(tmp_path / "db", 1)
    before = rows(tmp_path / "db")
    ensure_database(tmp_path / "db", 2)
    assert rows(tmp_path / "db") == before
    assert [path.name for path in tmp_path.iterdir()] == ["db"]


def test_it_is_made_in_milliseconds(tmp_path):
    took = []
    for n in range(5):
        begun = time.perf_counter()
        ensure_database(tmp_path / str(n), n)
        took.append(time.perf_counter() - begun)
    assert min(took) < 0.010


def test_of_replicas_that_race_one_wins(tmp_path, monkeypatch):
    path = tmp_path / "new" / "db"
    build = data._build

    def overtaken(draft: Path, seed: int) -> None:
        """The other replica is done while this one still builds."""
        build(draft, seed)
        with monkeypatch.context() as patch:
            patch.setattr(data, "_build", build)
            # A replica in a container: the same pid on another host.
            patch.setattr("socket.gethostname", lambda: "api-2")
            ensure_database(path, 2)

    monkeypatch.setattr(data, "_build", overtaken)
    ensure_database(path, 1)
    ensure_database(tmp_path / "second", 2)
    assert rows(path) == rows(tmp_path / "second")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["db"]


def test_a_draft_that_a_dead_process_left_is_in_nobodys_way(tmp_path):
    (tmp_path / f".db.{socket.gethostname()}.{os.getpid()}").write_text("half a database")
    ensure_database(tmp_path / "db", 1)
    assert len(rows(tmp_path / "db")["orders"]) == 200
    assert [path.name for path in tmp_path.iterdir()] == ["db"]
