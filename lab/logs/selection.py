"""Which lines of a round's logs are meant: by hop, request, status, route, time, words, failure."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lab.errors import LabError
from lab.logs.line import Line
from lab.logs.route import route_of
from lab.logs.trace import trace

Logs = Mapping[str, tuple[Line, ...]]

_BAD_LEVELS = frozenset({"error", "crit", "alert", "emerg", "critical"})
_NEAR = 2.0
_MOST_NEAR = 8


@dataclass(frozen=True, slots=True)
class Selection:
    """What a line must be; None asks for nothing.

    Attributes:
        rid: the id of a request; the lines that lack it are joined to it.
        status: `502`, or a class as `5xx`; `none` for a request without a status.
        route: the shop's name for it.
        since: seconds since the epoch.
        until: seconds since the epoch.
        grep: a regular expression.
        failed: only what tells of a failure.
    """

    rid: str | None = None
    status: str | None = None
    route: str | None = None
    since: float | None = None
    until: float | None = None
    grep: re.Pattern[str] | None = None
    failed: bool = False

    @classmethod
    def parse(cls, filters: Mapping[str, Any]) -> Selection:
        """A selection from what a person typed: `rid`, `status`, `route`, `since`, `until`, `grep`, `failed`.

        Raises:
            LabError: usage, for a time or a pattern that cannot be read.
        """
        since, until, grep = (filters.get(name) for name in ("since", "until", "grep"))
        return cls(
            rid=filters.get("rid"),
            status=filters.get("status"),
            route=filters.get("route"),
            since=moment(since) if since else None,
            until=moment(until) if until else None,
            grep=pattern(grep) if grep else None,
            failed=bool(filters.get("failed")),
        )

    def any(self) -> bool:
        """Whether anything is asked for at all."""
        return self != Selection()

    def of(self, lines: Iterable[Line]) -> list[Line]:
        """The lines that are meant, in the order of time."""
        found = trace(lines, self.rid) if self.rid else in_time(lines)
        return [line for line in found if self._means(line)]

    def _means(self, line: Line) -> bool:
        said = line.fields
        return (
            (self.status is None or ("status" in said and _status_is(said["status"], self.status)))
            and (
                self.route is None
                or self.route == (said.get("route") or route_of(said.get("method"), said.get("path")))
            )
            and (self.since is None or when(line) >= self.since)
            and (self.until is None or when(line) < self.until)
            and (self.grep is None or self.grep.search(line.text) is not None)
            and (not self.failed or failed(line))
        )


def of_target(logs: Logs, target: str) -> Logs:
    """The logs of one hop, or the one log that `target` names.

    Raises:
        LabError: when there is neither; the cure names the hops.
    """
    target = target.removeprefix("logs/").rstrip("/")
    found = {ref: lines for ref, lines in logs.items() if target in (ref, ref.partition("/")[0])}
    if not found:
        hops = sorted({ref.partition("/")[0] for ref in logs})
        raise LabError(
            f"There is no hop or log {target!r} in this round.", f"Its logs are those of {', '.join(hops)}.", code=2
        )
    return found


def every(logs: Logs) -> list[Line]:
    """All lines of all logs."""
    return [line for lines in logs.values() for line in lines]


def in_time(lines: Iterable[Line]) -> list[Line]:
    """The same lines in the order of time; one that cannot be dated (a traceback's) follows its predecessor."""
    dated, last, log = [], 0.0, ""
    for n, line in enumerate(lines):
        if line.log != log:
            log, last = line.log, 0.0
        last = line.fields.get("at") or last
        dated.append((last, n, line))
    return [line for _, _, line in sorted(dated, key=lambda one: one[:2])]


def around(logs: Logs, centre: Line, reach: int = 2) -> list[Line]:
    """A line's neighbours: those beside it in its log, its request's in all logs, and what happened close by.

    The last are what no request's trace has: at most eight lines of the process log, of stderr, and of error.log's
    errors outside of any request, within two seconds.
    """
    beside = [line for line in logs[centre.log] if abs(line.n - centre.n) <= reach]
    rid = centre.fields.get("rid")
    request = trace(every(logs), str(rid)) if rid else ()
    at = when(centre)
    close = [line for line in every(logs) if _of_no_request(line) and abs(when(line) - at) <= _NEAR]
    close.sort(key=lambda line: abs(when(line) - at))
    chosen = {line.ref: line for line in (*beside, *request, *close[:_MOST_NEAR])}
    return in_time(sorted(chosen.values(), key=lambda line: (line.log, line.n)))


def first_failure(logs: Logs) -> Line | None:
    """The client's line of the first request that failed: no or a 5xx status, else a shopper's 4xx."""
    seen = [line for line in in_time(logs.get("client/client.log", ())) if line.fields]
    tests: tuple[Callable[[Line], bool], ...] = (
        failed,
        lambda line: line.fields.get("actor") == "shopper" and (line.fields.get("status") or 0) >= 400,
    )
    return next((line for test in tests for line in seen if test(line)), None)


def failed(line: Line) -> bool:
    """Whether a line tells of a failure: a 5xx, a request without a status, an error, the end of a process."""
    said = line.fields
    status = said.get("status")
    if isinstance(status, int) and status >= 500:
        return True
    if line.kind == "client":
        return bool(said) and (status is None or bool(said.get("error")))
    if line.kind == "process":
        return said.get("event") in ("exited", "gave-up")
    return line.kind == "stderr" or str(said.get("level", "")).lower() in _BAD_LEVELS


def when(line: Line) -> float:
    """Seconds since the epoch; minus infinity for a line without a time."""
    at = line.fields.get("at")
    return float(at) if isinstance(at, int | float) else -math.inf


def moment(text: str) -> float:
    """Seconds since the epoch of `30s` or `2m` (ago), `12:00:05` (today, UTC) or an RFC 3339 time.

    Raises:
        LabError: when it is none of them.
    """
    if ago := re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text):
        return time.time() - float(ago[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[ago[2]]
    if re.fullmatch(r"\d\d:\d\d(:\d\d(\.\d+)?)?", text):
        text = f"{datetime.now(UTC):%Y-%m-%d}T{text}+00:00"
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise LabError(
            f"{text!r} is not a time.", "Write 30s, 2m, 12:00:05 or 2026-11-21T12:00:05Z.", code=2
        ) from error
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def pattern(text: str) -> re.Pattern[str]:
    """A regular expression.

    Raises:
        LabError: usage, when it is none.
    """
    try:
        return re.compile(text)
    except re.error as error:
        raise LabError(
            f"{text!r} is not a regular expression: {error}.", "Escape it, or simplify it.", code=2
        ) from error


def _of_no_request(line: Line) -> bool:
    alone = line.kind == "gateway-error" and line.fields.get("conn") is None
    return line.kind in ("process", "stderr") or (alone and failed(line))


def _status_is(status: object, wanted: str) -> bool:
    said = "none" if status is None else str(status)
    return said == wanted.lower() or (wanted.lower().endswith("xx") and len(said) == 3 and said[0] == wanted[0])
