from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sqlite3, sys
from lab.upstream.queue_pool import QueuePool, QueueTimeout
assert not [name for name in sys.modules if name.startswith("sqlalchemy")]
pool = QueuePool(lambda: sqlite3.connect(":memory:"), pool_size=1, max_overflow=0, timeout=0.01)
held = pool.connect()
try:
    pool.connect()
except QueueTimeout as error:
    print(error)
held.close()
import sqlalchemy
engine = sqlalchemy.create_engine("sqlite://")
with engine.connect() as connection:
    assert connection.execute(sqlalchemy.text("select 7")).scalar() == 7
assert sqlalchemy.pool.QueuePool(lambda: sqlite3.connect(":memory:")).connect()
"""


def test_it_is_the_real_pool_and_the_whole_package_can_still_be_imported():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("QueuePool limit of size 1 overflow 0 reached, connection timed out, timeout 0.01")
    assert "sqlalche.me/e/None" not in done.stdout
