"""Counts of what the background traffic did and saw."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from lab.traffic.exchange import Exchange


@dataclass
class Seen:
    """Counts since the clients were made.

    Attributes:
        sent: requests that were begun.
        finished: those of them that came to an end by themselves.
        dropped: requests that were due while too many were in flight or too many had begun in that second.
        outcomes: how many ended with each status, error, or both: `200`, `refused`, `200 truncated`.
    """

    sent: int = 0
    finished: int = 0
    dropped: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    def note(self, exchange: Exchange) -> None:
        """Count an exchange that came to its end."""
        self.finished += 1
        parts = (None if exchange.status is None else str(exchange.status), exchange.error)
        self.outcomes[" ".join(part for part in parts if part)] += 1
