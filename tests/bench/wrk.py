"""wrk, which puts HTTP load on an address and costs little itself."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from figure import run

SECONDS = 1
"""How long one run lasts."""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of one run.

    Attributes:
        rate: requests a second.
        wait: the median time until a request was answered, in seconds.
    """

    rate: float
    wait: float


def missing() -> str | None:
    """Why there is none, in words; None when there is one."""
    return None if shutil.which("wrk") else "There is no wrk to put load on proxies. Install the package wrk."


def load(url: str, connections: int) -> Load:
    """Ask for a URL again and again over connections that are kept. A request that fails ends the benchmark."""
    script = str(Path(__file__).with_suffix(".lua"))
    said = run(["wrk", "-t", "1", "-c", str(connections), "-d", f"{SECONDS}s", "-s", script, url])
    counts = re.search(r"^counts (\d+) (\d+) (\d+) (\d+)$", said, re.MULTILINE)
    if counts is None or int(counts[4]):
        sys.exit(f"wrk met errors at {url}:\n{said}")
    requests, duration, wait = (int(counts[n]) for n in (1, 2, 3))
    return Load(requests / duration * 1e6, wait / 1e6)
