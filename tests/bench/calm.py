"""Readings that nobody disturbed: on a shared machine the others' work is the loudest thing that is measured."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

import psutil

PROCESSORS = 0.1
"""What others may use meanwhile."""

_T = TypeVar("_T")


class Calm:
    """Measures while others are calm.

    Args:
        patience: seconds until this one takes what it gets.
    """

    def __init__(self, patience: float) -> None:
        self._deadline = time.monotonic() + patience

    def reading(self, measure: Callable[[], _T]) -> _T:
        """The first reading during which others were calm, or the last one before patience was gone."""
        while True:
            start, before = time.monotonic(), _others()
            reading = measure()
            end = time.monotonic()
            if _others() - before < PROCESSORS * (end - start) or end > self._deadline:
                return reading
            self._wait()

    def _wait(self) -> None:
        calm = False
        while not calm and time.monotonic() < self._deadline:
            before = _others()
            time.sleep(0.5)
            calm = _others() - before < PROCESSORS * 0.5


def _others() -> float:
    """Seconds of processor time that all but this process and its children have used."""
    everybody = psutil.cpu_times()
    children = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    own = sum(os.times()[:4]) + sum(times.user + times.system for times in children)
    return float(everybody.user + everybody.nice + everybody.system - own)
