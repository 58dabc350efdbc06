"""What is told when a round is over, from what that round recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from errno import ECONNREFUSED
from typing import Any

from lab.catalog.scenario import Scenario
from lab.logs.line import Line
from lab.logs.record import Record
from lab.logs.trace import trace
from lab.round.run import Run

_REAPED_WITHIN = 0.02
"""Seconds after which the service manager has noted an end at the latest."""


def clock(at: float) -> str:
    """Seconds since the epoch as RFC 3339 in UTC, with milliseconds."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def debrief(
    scenario: Scenario, run: Run, record: Record, key: Mapping[str, Any], events: list[tuple[float, str]], played: Any
) -> dict[str, Any]:
    """The contract's debrief object. It holds the key, so it is made only for a round that is over."""
    told = scenario.debrief
    return {
        "scenario": {
            "id": scenario.id,
            "title": scenario.title,
            "codename": scenario.codename,
            "level": scenario.level,
        },
        "key": dict(key),
        "timeline": [{"at": clock(at), "what": what} for at, what in sorted(events)],
        "ladder": ladder(record, run),
        "happened": dict(told.happened),
        "first_checks": list(told.first_checks),
        "prevent": list(told.prevent),
        "sources": list(told.sources),
        "played": played,
    }


def ladder(record: Record, run: Run) -> list[dict[str, Any]]:
    """Who sent what to whom for the named request: `{at, from, to, what, note}`, seconds from its first packet.

    It is read from the logs of the round; what no log says is not in it.
    """
    first = run.first
    if first is None:
        return []
    lines = trace(record.lines, record.request_id)
    total = first.phases.total or 0.0
    if first.phases.tcp is None:
        came = "RST" if first.errno == ECONNREFUSED else "gives up"
        return [_step(0.0, "client", "gateway", "SYN"), _step(total, "gateway", "client", came, first.error)]
    steps = [_step(0.0, "client", "gateway", f"{first.method} {first.path}")]
    gateway = next((line.fields for line in lines if line.kind == "gateway-lab" and line.fields), {})
    if gateway.get("ua"):
        hop = _hop(str(gateway["ua"]), run)
        steps += [*_behind(gateway, lines, hop), *_death(gateway, record, hop)]
    answer = str(first.status) if first.status is not None else (first.error or "no answer")
    alone = not gateway.get("ua")
    # nginx rounds its times to milliseconds: the client cannot have had the answer before it was made.
    answered = max(total, *(step["at"] for step in steps if "gateway" in (step["from"], step["to"])))
    note = "made by the gateway; nobody was asked" if alone else None
    steps.append(_step(answered, "gateway", "client", answer, note))
    return sorted(steps, key=lambda one: one["at"])


def _behind(gateway: Mapping[str, Any], lines: tuple[Line, ...], hop: str) -> list[dict[str, Any]]:
    """The steps between the gateway and the hop that it asked, from the gateway's lines and the hop's own."""
    connected, header, ended = gateway.get("uct"), gateway.get("uht"), gateway.get("urt") or 0.0
    errors = [line for line in lines if line.kind == "gateway-error"]
    if connected is None:
        refused = any(line.fields.get("errno") == ECONNREFUSED for line in errors)
        came = _step(ended, hop, "gateway", "RST", "connection refused (111)") if refused else None
        came = came or _step(ended, "gateway", hop, "gives up", "no connection")
        return [_step(0.0, "gateway", hop, "SYN"), came]
    steps = [_step(connected, "gateway", hop, "request", f"connected after {1000 * connected:.0f} ms")]
    if header is not None:
        steps.append(_step(header, hop, "gateway", str(gateway.get("us")), "header"))
    elif any("prematurely closed" in line.text for line in errors):
        steps.append(_step(ended, hop, "gateway", "FIN", "closed before any byte of a header"))
    elif any("timed out" in line.text for line in errors):
        steps.append(_step(ended, "gateway", hop, "gives up", f"its timer of {ended:g} s ran out"))
    began = float(gateway["at"]) - float(gateway["rt"])
    for line in lines:
        if line.kind == "app" and line.fields.get("event") == "request.finished" and line.fields.get("client_gone"):
            at = float(line.fields["at"]) - began
            steps.append(_step(at, hop, hop, f"finishes: {line.fields.get('status')}", "nobody listens any more"))
    return steps


def _death(gateway: Mapping[str, Any], record: Record, hop: str) -> list[dict[str, Any]]:
    """The end of the hop's process while it had the request, if the service manager noted one."""
    ended = float(gateway["at"])
    began = ended - float(gateway["rt"])
    return [
        _step(
            line.fields["at"] - began,
            hop,
            hop,
            f"gone: signal {line.fields['signal']}",
            "when the service manager noticed",
        )
        for line in record.lines
        if line.kind == "process"
        and line.fields.get("unit") == hop
        and line.fields.get("signal")
        and began <= line.fields["at"] <= ended + _REAPED_WITHIN
    ]


def _step(at: float, sender: str, receiver: str, what: str, note: str | None = None) -> dict[str, Any]:
    return {"at": round(max(at, 0.0), 4), "from": sender, "to": receiver, "what": what, "note": note}


def _hop(address: str, run: Run) -> str:
    return next((name for name, hop in run.stack.hops.items() if str(hop.address) == address), "upstream")
