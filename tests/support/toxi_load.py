"""What load tests watch in a server meanwhile: how soon it answers calls, its memory and its open files."""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
from collections.abc import Iterator

import psutil

from toxi_api import Api
from toxi_fleet import Running

CALL = 0.1
"""Seconds, as a median, that a control call may take under load."""


class Calls(threading.Thread):
    """Control calls all the while, with the seconds that each took."""

    def __init__(self, api: Api, path: str = "/proxies") -> None:
        super().__init__(daemon=True)
        self.took: list[float] = []
        self._api = api
        self._path = path
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.05):
            start = time.monotonic()
            assert self._api.ask("GET", self._path).status == 200
            self.took.append(time.monotonic() - start)

    @contextlib.contextmanager
    def meanwhile(self) -> Iterator[None]:
        self.start()
        try:
            yield
        finally:
            self._over.set()
            self.join(30)
        assert self.took and statistics.median(self.took) < CALL, sorted(self.took)[-5:]


def memory(server: Running) -> float:
    """Resident MiB."""
    return psutil.Process(server.process.pid).memory_info().rss / (1 << 20)


def settled(server: Running, files: int) -> bool:
    """Whether the server comes back to so many open files."""
    deadline = time.monotonic() + 10
    while (count := psutil.Process(server.process.pid).num_fds()) > files and time.monotonic() < deadline:
        time.sleep(0.05)
    return count <= files
