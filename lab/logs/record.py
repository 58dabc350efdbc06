"""What one round recorded: every line, every look, and when the incident began and ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lab.logs.line import Line, Look


@dataclass(frozen=True, slots=True)
class Record:
    """The facts of a round, as data.

    Attributes:
        lines: all lines of all logs.
        looks: the looks that were made.
        start: for each log the number of lines it had when the fault was injected. The incident starts
            at a line count and never at a time, because nginx's error log has whole seconds only.
        end: the same for the moment at which the incident ended; None while it lasts.
        request_id: the request that the brief names.
        injected_at: seconds since the epoch.
        draws: what the round's seed drew (route, replica, client, …), by name.
    """

    lines: tuple[Line, ...]
    looks: tuple[Look, ...] = ()
    start: Mapping[str, int] = field(default_factory=dict)
    end: Mapping[str, int] | None = None
    request_id: str = ""
    injected_at: float = 0.0
    draws: Mapping[str, Any] = field(default_factory=dict)

    def line(self, log: str, n: int) -> Line | None:
        """The line `log:n`, or None when there is none."""
        return next((line for line in self.lines if line.log == log and line.n == n), None)

    def look(self, n: int) -> Look | None:
        """The look numbered `n`, or None."""
        return next((look for look in self.looks if look.n == n), None)

    def logs(self) -> tuple[str, ...]:
        """The names of the logs that have lines, or had some when the incident began."""
        return tuple(sorted({line.log for line in self.lines} | set(self.start)))

    def in_incident(self, line: Line) -> bool:
        """Whether a line was written between the injection and the end of the incident."""
        after = line.n > self.start.get(line.log, 0)
        return after and (self.end is None or line.n <= self.end.get(line.log, line.n))

    def incident(self) -> Iterator[Line]:
        """The lines of the incident, log by log."""
        return (line for line in self.lines if self.in_incident(line))

    def with_looks(self, *looks: Look) -> Record:
        """The same record with more looks."""
        return replace(self, looks=(*self.looks, *looks))
