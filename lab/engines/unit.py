"""What the service manager knows of a hop before it runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab.engines.base import Address


@dataclass(frozen=True, slots=True)
class Restart:
    """What happens when the process dies by itself: `policy` is `never` or `always`, `delay` is seconds."""

    policy: str = "always"
    delay: float = 0.3
    most: int = 20


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
