"""Timestamps, read into seconds since the epoch and written as RFC 3339 in UTC."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime
from functools import lru_cache

_MONTHS = dict(zip(re.findall("...", "JanFebMarAprMayJunJulAugSepOctNovDec"), range(1, 13), strict=True))
_COMMON = re.compile(r"(\d{2})/([A-Z][a-z]{2})/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})")
_SLASHED = re.compile(r"(\d{4})/(\d{2})/(\d{2}) (\d{2}):(\d{2}):(\d{2})")


def read_rfc3339(text: str) -> float | None:
    """Seconds since the epoch of a timestamp such as `2026-11-21T12:00:00.123Z`; None when it is none."""
    if "T" not in text and " " not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def read_common(text: str) -> float | None:
    """Seconds since the epoch of nginx's `$time_local`, such as `21/Nov/2026:12:00:00 +0000`."""
    found = _COMMON.fullmatch(text)
    if not found or found[2] not in _MONTHS:
        return None
    day, month, year, hour, minute, second = (
        int(found[1]),
        _MONTHS[found[2]],
        int(found[3]),
        *map(int, found.group(4, 5, 6)),
    )
    offset = (int(found[8]) * 3600 + int(found[9]) * 60) * (-1 if found[7] == "-" else 1)
    return _epoch(year, month, day, hour, minute, second, offset)


@lru_cache(maxsize=4096)
def read_slashed(text: str) -> float | None:
    """Seconds since the epoch of an error log's time, such as `2026/11/21 12:00:00`, taken as UTC."""
    found = _SLASHED.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    return _epoch(year, month, day, hour, minute, second, 0)


def _epoch(year: int, month: int, day: int, hour: int, minute: int, second: int, offset: int) -> float | None:
    try:
        datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError:
        return None
    return float(calendar.timegm((year, month, day, hour, minute, second)) - offset)


def write_rfc3339(at: float) -> str:
    """`at` in milliseconds, such as `2026-11-21T12:00:00.123Z`."""
    moment = datetime.fromtimestamp(round(at * 1000) / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
