"""What a feature is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab.upstream.call import Call


@dataclass(frozen=True, slots=True)
class Place:
    """Where a feature runs.

    Attributes:
        folder: where the shop's database lies.
        busy_timeout: seconds that a statement waits for another transaction's lock.
    """

    folder: Path
    busy_timeout: float


Feature = Callable[[Call, Place], object]
"""Does its part of a request; what it has to ask the database it leaves in `call.first`. What it gives is not shown."""


def number_in(path: str) -> int:
    """The last number of a path: whose row is asked for."""
    return int(re.findall("[0-9]+", path)[-1])
