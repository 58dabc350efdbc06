"""The version of the database's schema."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

_VERSION = "SELECT max(version) FROM schema_migrations"


def version_of(database: Path) -> Any:
    """The last migration that was run.

    Raises:
        sqlite3.Error: when the database can't tell.
    """
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(_VERSION).fetchone()[0]
