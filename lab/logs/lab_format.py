"""The gateway's access log in the lab's own format.

One line is `$time_iso8601 $remote_addr "$request" status=… bytes=… rid=… rt=… uct="…" … msec=…`; what each
variable tells stands in the measured catalogue of nginx's failures.
"""

from __future__ import annotations

import re
from typing import Any

from lab.logs.access import split_request
from lab.logs.stamp import read_rfc3339

_HEAD = re.compile(r'(?P<time>\S+) (?P<client>\S+) "(?P<request>[^"]*)" (?=status=)')
_PAIR = re.compile(r'([a-z]+)=(?:"([^"]*)"|(\S*))')
_NEEDED = ("status", "rid", "rt", "us", "ua", "msec")
_BETWEEN_TRIES = re.compile(r", | : ")
"""nginx writes a comma before the next peer and a colon after an internal redirect."""


def parse(text: str) -> dict[str, Any]:
    """The variables as numbers where they are one; `-` and, for times, several values become None.

    `us` is an int, or the text when there were several tries; `tries` is the number of upstream attempts.
    """
    head = _HEAD.match(text)
    if not head:
        return {}
    said = {name: quoted if plain == "" else plain for name, quoted, plain in _PAIR.findall(text, head.end())}
    at = _number(said.get("msec", ""))
    status = _whole(said.get("status", ""))
    if at is None or status is None or any(name not in said for name in _NEEDED):
        return {}
    method, path = split_request(head["request"])
    ua = None if said["ua"] == "-" else said["ua"]
    return (
        {
            "time": head["time"],
            "at": at,
            "client": head["client"],
            "method": method,
            "path": path,
            "status": status,
            "bytes": _whole(said.get("bytes", "")),
            "rid": said["rid"],
            "rt": _number(said["rt"]),
            "uct": _number(said.get("uct", "")),
            "uht": _number(said.get("uht", "")),
            "urt": _number(said.get("urt", "")),
            "us": _status(said["us"]),
            "ua": ua,
            "cs": None if said.get("cs", "-") == "-" else said["cs"],
            "ubr": _whole(said.get("ubr", "")),
            "cl": _whole(said.get("cl", "")),
            "rl": _whole(said.get("rl", "")),
            "conn": _whole(said.get("conn", "")),
            "reqs": _whole(said.get("reqs", "")),
            "tries": 0 if ua is None else len(_BETWEEN_TRIES.split(ua)),
        }
        if read_rfc3339(head["time"]) is not None
        else {}
    )


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,9})?", text) else None


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def _status(text: str) -> int | str | None:
    if text == "-":
        return None
    return int(text) if re.fullmatch(r"[0-9]{3}", text) else text
