"""The mix: how many requests of which route ended how, where, and how long they took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lab.logs.line import Line
from lab.logs.percentile import percentiles
from lab.logs.route import hop_of, route_of
from lab.logs.stamp import write_rfc3339


@dataclass(frozen=True, slots=True)
class _Seen:
    """One request as the mix counts it; `status` and `rt` (seconds) may be unknown."""

    at: float
    status: int | None
    route: str | None
    hop: str
    error: str | None
    rt: float | None


def mix(lines: Iterable[Line], addresses: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Rows `{status, route, hop, error, n, p50, p95, p99}`, the most frequent first; times are seconds.

    Requests are taken from the gateway's lab log; what failed before it had a status is known to the clients
    only and comes from theirs, with hop `client`, status None and the error's name. `hop` is otherwise the last
    hop that the request reached.
    """
    groups: dict[tuple[int | None, str | None, str, str | None], list[_Seen]] = defaultdict(list)
    for seen in _requests(lines, addresses):
        groups[seen.status, seen.route, seen.hop, seen.error].append(seen)
    rows = [
        {"status": status, "route": route, "hop": hop, "error": error, "n": len(group), **percentiles(_times(group))}
        for (status, route, hop, error), group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row["n"], row["status"] or 0, row["route"] or "", row["hop"]))


def mix_in_all(lines: Iterable[Line]) -> dict[str, Any]:
    """All of them together: `{n, p50, p95, p99}`."""
    seen = list(_requests(lines, None))
    return {"n": len(seen), **percentiles(_times(seen))}


def mix_over_time(lines: Iterable[Line], per: float) -> list[dict[str, Any]]:
    """Rows `{from, n, by_status, p50, p95, p99}`, one for each `per` seconds in which requests ended.

    `from` is RFC 3339; `by_status` maps the status as text, or `none`, to a count. Raises ValueError when `per` is
    not above 0.
    """
    if not per > 0:
        raise ValueError("a window needs a length")
    windows: dict[int, list[_Seen]] = defaultdict(list)
    for seen in _requests(lines, None):
        windows[int(seen.at // per)].append(seen)
    return [
        {
            "from": write_rfc3339(window * per),
            "n": len(group),
            "by_status": _counts("none" if seen.status is None else str(seen.status) for seen in group),
            **percentiles(_times(group)),
        }
        for window, group in sorted(windows.items())
    ]


def _requests(lines: Iterable[Line], addresses: Mapping[str, str] | None) -> Iterator[_Seen]:
    for line in lines:
        said = line.fields
        at = said.get("at")
        if not isinstance(at, int | float):
            continue
        route = said.get("route") or route_of(said.get("method"), said.get("path"))
        if line.kind == "gateway-lab":
            yield _Seen(at, said["status"], route, hop_of(said["ua"], addresses), None, said["rt"])
        elif line.kind == "client" and said.get("status") is None:
            total = said.get("total")
            error = str(said.get("error") or said.get("errno") or "no answer")
            yield _Seen(at, None, route, "client", error, total if isinstance(total, int | float) else None)


def _times(group: Iterable[_Seen]) -> list[float]:
    return [seen.rt for seen in group if seen.rt is not None]


def _counts(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for name in names:
        counts[name] += 1
    return dict(sorted(counts.items()))
