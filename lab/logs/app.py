"""The structured log of the api and of payments: one JSON object a line."""

from __future__ import annotations

import json
from typing import Any

from lab.logs.stamp import read_rfc3339


def parse(text: str) -> dict[str, Any]:
    """The object's own fields plus `at`, seconds since the epoch; empty for anything but an object."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    ts = said.get("ts")
    at = read_rfc3339(ts) if isinstance(ts, str) else ts if isinstance(ts, int | float) else None
    return {**said, "at": at} if at is not None else said
