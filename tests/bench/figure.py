"""One measured figure."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """The runs of one measurement, and of its floor.

    Attributes:
        what: what was measured.
        unit: `s` or `MiB`.
        runs: one value for each run.
        floor: what the floor is, or empty where nothing is comparable.
        floor_runs: its values, in the same unit.
    """

    what: str
    unit: str
    runs: Sequence[float]
    floor: str = ""
    floor_runs: Sequence[float] = ()

    @property
    def value(self) -> str:
        return _shown(median(self.runs), self.unit)

    @property
    def spread(self) -> str:
        """The least and the greatest run; empty for a single one."""
        return (
            f"{_shown(min(self.runs), self.unit)} … {_shown(max(self.runs), self.unit)}" if len(self.runs) > 1 else ""
        )

    @property
    def floor_value(self) -> str:
        return f"{self.floor}: {_shown(median(self.floor_runs), self.unit)}" if self.floor_runs else ""

    @property
    def ratio(self) -> str:
        return f"{median(self.runs) / median(self.floor_runs):.1f} ×" if self.floor_runs else ""


def seconds(call: Callable[[], object], times: int) -> list[float]:
    """How long each of several calls takes."""
    runs = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        runs.append(time.perf_counter() - start)
    return runs


def run(command: Sequence[str]) -> str:
    """The standard output of a command. A command that fails ends the benchmark with what it said."""
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def bare_python(times: int) -> dict[str, Any]:
    """The floor of every command: a Python that does nothing."""
    return {
        "floor": "`python -c pass`",
        "floor_runs": seconds(lambda: run([sys.executable, "-c", "pass"]), times),
    }


def _shown(value: float, unit: str) -> str:
    if unit == "s" and value < 1:
        return f"{1000 * value:.0f} ms"
    return f"{value:.2f} s" if unit == "s" else f"{value:.0f} {unit}"
