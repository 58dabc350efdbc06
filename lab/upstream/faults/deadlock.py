"""The application waits for itself, and its watchdog ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import threading

from lab.upstream.faults.base import Application, Fault
from lab.upstream.faults.params import Params

_BEAT = 0.05
"""Seconds between two looks of the watchdog."""


class Deadlock(Fault):
    """`after`, `patience`: so many seconds from now the process takes a lock that it holds already.

    Whatever arrives then lies unread. A watchdog in a thread of its own finds that the loop has not turned for
    `patience` seconds, and ends the process by SIGKILL.
    """

    name = "deadlock"

    def __init__(self, params: Params, application: Application) -> None:
        self._after = params.number("after", 0, 600)
        self._patience = params.number("patience", 0.01, 600)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._locking: asyncio.TimerHandle | None = None

    def put_in(self) -> None:
        """The watchdog looks, and the time runs."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._watch, args=(loop,), name="watchdog", daemon=True).start()
        self._locking = loop.call_later(self._after, self._lock_up)

    def taken_out(self) -> None:
        """The lock is not taken, and nobody looks."""
        self._over.set()
        if self._locking:
            self._locking.cancel()

    def _lock_up(self) -> None:
        for _ in range(2):
            self._lock.acquire()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._over.wait(_BEAT):
            turned = threading.Event()
            loop.call_soon_threadsafe(turned.set)
            if not turned.wait(self._patience):
                os.kill(os.getpid(), signal.SIGKILL)
