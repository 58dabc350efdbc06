"""The database: SQLite behind a real connection pool, used from threads."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from lab.upstream.call import Call, elapsed_ms
from lab.upstream.data import ensure_database
from lab.upstream.queue_pool import PoolProxiedConnection, QueuePool, QueueTimeout
from lab.upstream.settings import Settings

THREADS = 64
"""Threads that wait for connections and run queries."""

T = TypeVar("T")


class PoolTimeout(Exception):
    """No connection came free in time; the text is SQLAlchemy's own."""


class QueryTooLong(Exception):
    """A query was interrupted; the text has the limit."""


class Store:
    """The shop's tables.

    A request that queries holds one of `pool_size` connections from the moment it gets it until its query is
    answered. It waits at most `pool_timeout` seconds for it, counted from when a thread takes it up.

    Attributes:
        path: the file that new connections open. It is made when the shop starts, and never afterwards.
    """

    def __init__(self, settings: Settings) -> None:
        ensure_database(Path(settings.database), settings.seed)
        self.path = Path(settings.database).absolute()
        self.busy_timeout = settings.busy_timeout
        self._query_time = settings.query_time
        self._query_limit = settings.query_limit
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="query")
        self._pool = QueuePool(
            self._connect, pool_size=settings.pool_size, max_overflow=0, timeout=settings.pool_timeout
        )
        self._lock = threading.Lock()
        self._waiting = 0
        self._running = 0
        self._making = 0

    @property
    def size(self) -> int:
        """Connections that the pool may have."""
        return self._pool.size()

    @property
    def in_use(self) -> int:
        """Connections that were taken and not given back; one that is still being made is nobody's yet."""
        return self._pool.checkedout() - self._making

    @property
    def waiting(self) -> int:
        """Queries that have no connection yet."""
        return self._waiting

    @property
    def running(self) -> int:
        """Queries that have a connection and are at work."""
        return self._running

    def reading(self) -> dict[str, int]:
        """The pool in numbers: `size`, `in_use`, `waiting` and `running`."""
        return {"size": self.size, "in_use": self.in_use, "waiting": self.waiting, "running": self.running}

    async def run(self, call: Call, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query in a thread, with a connection of the pool.

        Raises:
            PoolTimeout: when none came free in time.
            QueryTooLong: when it took longer than it may.
            sqlite3.Error: whatever the database has against it.
        """
        wanted = time.perf_counter()
        self._count(waiting=1)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._query, call, query, wanted)

    def reopen(self, path: Path) -> None:
        """From now on connections are opened to that file; those at work are closed when they are given back."""
        self.path = path
        before, self._pool = self._pool, self._pool.recreate()
        before.dispose()

    def _query(self, call: Call, query: Callable[[sqlite3.Connection], T], wanted: float) -> T:
        try:
            connection = self._pool.connect()
        except QueueTimeout as error:
            raise PoolTimeout(str(error)) from error
        finally:
            self._count(waiting=-1)
            call.pool_wait_ms = round((call.pool_wait_ms or 0.0) + (time.perf_counter() - wanted) * 1000, 2)
        self._count(running=1)
        begun = time.perf_counter()
        try:
            if self._query_time:
                time.sleep(self._query_time)
            database = connection.driver_connection
            assert isinstance(database, sqlite3.Connection)
            with self._limited(database), database:
                if first := call.first:
                    call.first = None
                    first(database)
                return query(database)
        finally:
            call.query_ms = round((call.query_ms or 0.0) + elapsed_ms(begun), 2)
            self._give_back(call, connection)
            self._count(running=-1)

    @contextmanager
    def _limited(self, database: sqlite3.Connection) -> Iterator[None]:
        """Interrupt what takes longer than it may."""
        if not self._query_limit:
            yield
            return
        timer = threading.Timer(self._query_limit, database.interrupt)
        timer.start()
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_INTERRUPT":
                raise
            raise QueryTooLong(f"a query was interrupted after its limit of {self._query_limit:g} s") from error
        finally:
            timer.cancel()

    def _give_back(self, call: Call, connection: PoolProxiedConnection) -> None:
        keep, call.keep = call.keep, None
        if keep:
            keep(connection)
        else:
            connection.close()

    def _count(self, *, waiting: int = 0, running: int = 0, making: int = 0) -> None:
        with self._lock:
            self._waiting += waiting
            self._running += running
            self._making += making

    def _connect(self) -> Any:
        self._count(making=1)
        try:
            return self._opened()
        finally:
            self._count(making=-1)

    def _opened(self) -> sqlite3.Connection:
        # Without this mode, a file that is missing would be made anew, and empty.
        where = f"{self.path.as_uri()}?mode=rw"
        database = sqlite3.connect(where, timeout=self.busy_timeout, check_same_thread=False, uri=True)
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA synchronous=OFF")
        return database
