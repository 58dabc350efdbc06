"""The release that a process is of."""

from __future__ import annotations

from dataclasses import dataclass

from lab.upstream.settings import RELEASE


@dataclass(slots=True)
class Release:
    """What the process says of itself; code that came with another release changes it."""

    name: str = RELEASE
