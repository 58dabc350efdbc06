"""The gateway's access log in the combined format that everyone knows."""

from __future__ import annotations

import re
from typing import Any

from lab.logs.stamp import read_common

_COMBINED = re.compile(
    r'(?P<client>\S+) \S+ .*?\[(?P<time>[^\]]+)\] "(?P<request>[^"]*)" (?P<status>\d{3}) (?P<bytes>\d+|-)'
    r'(?: "[^"]*" "(?P<agent>[^"]*)")?'
)
_REQUEST = re.compile(r"([A-Z][A-Z0-9_-]*) (.+?)(?: HTTP/\d(?:\.\d)?)?")


def split_request(request: str) -> tuple[str | None, str | None]:
    """Method and path (with its query) of a request line; two None when it is no request line.

    nginx writes whatever bytes it got there, so a TLS hello on the plain port ends up here as well.
    """
    found = _REQUEST.fullmatch(request)
    return (found[1], found[2]) if found else (None, None)


def parse(text: str) -> dict[str, Any]:
    """`at client method path status bytes agent`; empty when the line cannot be read."""
    found = _COMBINED.match(text)
    at = read_common(found["time"]) if found else None
    if not found or at is None:
        return {}
    method, path = split_request(found["request"])
    return {
        "at": at,
        "client": found["client"],
        "method": method,
        "path": path,
        "status": int(found["status"]),
        "bytes": 0 if found["bytes"] == "-" else int(found["bytes"][:18]),
        "agent": found["agent"],
    }
