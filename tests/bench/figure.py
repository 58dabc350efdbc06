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
        unit: `s`, or what stands behind the number.
        runs: one value for each run.
        floor: what the floor is, or empty where nothing is comparable.
        floor_runs: its values, in the same unit.
        paired: each run has its own run of the floor, so the ratio is the median of theirs.
        wanted: what the figure or its ratio is to be, where that is fixed.
    """

    what: str
    unit: str
    runs: Sequence[float]
    floor: str = ""
    floor_runs: Sequence[float] = ()
    paired: bool = False
    wanted: str = ""

    @property
    def value(self) -> str:
        return shown(median(self.runs), self.unit)

    @property
    def spread(self) -> str:
        """The least and the greatest run; empty for a single one."""
        return f"{shown(min(self.runs), self.unit)} … {shown(max(self.runs), self.unit)}" if len(self.runs) > 1 else ""

    @property
    def floor_value(self) -> str:
        return f"{self.floor}: {shown(median(self.floor_runs), self.unit)}" if self.floor_runs else ""

    @property
    def ratio(self) -> str:
        if not self.floor_runs:
            return ""
        if self.paired:
            ratio = median(run / floor for run, floor in zip(self.runs, self.floor_runs, strict=True))
        else:
            ratio = median(self.runs) / median(self.floor_runs)
        text = f"{ratio:.{1 if ratio >= 4 else 2}f} ×"
        return f"{text} (wanted {self.wanted})" if self.wanted else text


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


def shown(value: float, unit: str) -> str:
    """A value with its unit, in three digits or so."""
    if unit == "s" and value < 0.001:
        return f"{1e6 * value:.0f} µs"
    if unit == "s" and value < 1:
        return f"{1000 * value:.{1 if value < 0.01 else 0}f} ms"
    return f"{value:.2f} s" if unit == "s" else f"{value:.0f} {unit}"
