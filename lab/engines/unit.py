"""What the service manager knows of a hop before it runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab.engines.base import Address


@dataclass(frozen=True, slots=True)
class Restart:
    """What happens when the process dies by itself: `policy` is `never` or `always`, at `most` so many times.

    Seconds pass before it is started again: `delay` at first, each time `grows` times as many, up to `longest`.
    """

    policy: str = "always"
    delay: float = 0.3
    most: int = 20
    grows: float = 1.0
    longest: float = 60.0

    def pause(self, restarts: int) -> float:
        """Seconds before it is started again, if it was so many times since somebody started it."""
        pause = self.delay
        for _ in range(restarts):
            if pause >= self.longest:
                break
            pause *= self.grows
        return round(min(pause, self.longest), 3)


@dataclass(frozen=True, slots=True)
class Unit:
    """What the service manager knows of a hop.

    Attributes:
        name: the hop's.
        address: where it is used.
        admin: where it is controlled, None for the gateway.
        token: of its admin listener.
        said: the file with its last words, for messages.
        restart: its policy.
    """

    name: str
    address: Address
    admin: Address | None
    token: str
    said: Path
    restart: Restart
