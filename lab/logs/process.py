"""The service manager's log: starts, exits, signals and restarts."""

from __future__ import annotations

import re
from typing import Any

from lab.logs.stamp import read_rfc3339

_LINE = re.compile(r"(?P<ts>\S+) (?P<unit>[a-z][\w-]*)(?:\[(?P<pid>\d{1,10})\])?: (?P<said>.+)", re.ASCII)
_EVENTS = (
    ("exited", re.compile(r"exited on signal (?P<signal>\d{1,3})\b.*", re.ASCII)),
    ("exited", re.compile(r"exited with code (?P<code>-?\d{1,6})", re.ASCII)),
    (
        "restarting",
        re.compile(r"restarting in (?P<delay>\d{1,6}(?:\.\d{1,6})?) s \(restart (?P<restart>\d{1,6})\)", re.ASCII),
    ),
    ("gave-up", re.compile(r"gave up\b(?: after (?P<restart>\d{1,6}) restarts?)?.*", re.ASCII)),
    ("out-of-memory", re.compile(r"a process was killed by the kernel: out of memory")),
    ("stopping", re.compile(r"stopping\b.*")),
    ("stopped", re.compile(r"stopped\b.*")),
    ("started", re.compile(r"started\b.*")),
    ("reloaded", re.compile(r"reloaded\b.*")),
    ("paused", re.compile(r"paused\b.*")),
    ("resumed", re.compile(r"resumed\b.*")),
)


def parse(text: str) -> dict[str, Any]:
    """`at unit pid event signal code delay restart`; empty when the line cannot be read.

    `event` is one of started, exited, out-of-memory, stopping, stopped, restarting, gave-up, paused, resumed,
    reloaded.
    """
    head = _LINE.fullmatch(text)
    at = read_rfc3339(head["ts"]) if head else None
    if not head or at is None:
        return {}
    for event, form in _EVENTS:
        if found := form.fullmatch(head["said"]):
            numbers = found.groupdict()
            return {
                "at": at,
                "unit": head["unit"],
                "pid": int(head["pid"]) if head["pid"] else None,
                "event": event,
                "signal": int(numbers["signal"]) if numbers.get("signal") else None,
                "code": int(numbers["code"]) if numbers.get("code") else None,
                "delay": float(numbers["delay"]) if numbers.get("delay") else None,
                "restart": int(numbers["restart"]) if numbers.get("restart") else None,
            }
    return {}
