"""Probes: single requests that somebody makes to look at something."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from lab.errors import LabError
from lab.traffic.client_log import seconds
from lab.traffic.exchange import Exchange, exchange
from lab.traffic.request import Request

PROBE = "probe"
"""The actor of probes."""

MOST_TIMES = 100
"""How often one probe may be repeated."""

_BODY_SHOWN = 2048


def probe_request(method: str, path: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b"") -> Request:
    """The request of a probe, with a request id of its own unless `headers` has one.

    Raises:
        LabError: when a part of it cannot be sent.
    """
    asked = Request(method, path, tuple(headers), body)
    added = tuple(
        (name, value) for name, value in (("User-Agent", "lab-probe"), ("Accept", "*/*")) if asked.header(name) is None
    )
    rid = asked.header("X-Request-Id") or secrets.token_hex(8)
    return Request(method, path, (*added, *headers), body, None, rid)


async def probe(
    via_address: tuple[str, int],
    method: str,
    path: str,
    headers: Sequence[tuple[str, str]] = (),
    body: bytes = b"",
    *,
    source: str | None = None,
    timeout: float = 10.0,
    times: int = 1,
) -> list[Exchange]:
    """Send a request `times` times, one after the other, each with a request id of its own.

    Args:
        via_address: the hop to ask: the gateway, or one behind it.
        method: sent as it is.
        path: the request target.
        headers: also wrong ones; they are sent as they are.
        body: its bytes.
        source: the address to send from.
        timeout: seconds for each.
        times: 1 to 100.

    Raises:
        LabError: for a number of times outside its bounds, or a request that cannot be sent.
    """
    if not 1 <= times <= MOST_TIMES:
        raise LabError(f"A probe cannot be made {times} times.", f"Take 1 to {MOST_TIMES}.", code=2)
    seen = []
    for _ in range(times):
        request = probe_request(method, path, headers, body)
        seen.append(await exchange(via_address, request, source=source, timeout=timeout, actor=PROBE))
    return seen


def fields(exchange: Exchange) -> dict[str, Any]:
    """What a look and `lab probe --json` tell of an exchange, but for `via` and the look's number.

    Of the body its first 2 KiB are told, as text; a header that came more than once has its values joined.
    """
    return {
        "request": f"{exchange.method} {exchange.path}",
        "method": exchange.method,
        "path": exchange.path,
        "rid": exchange.rid,
        "client": exchange.client,
        "status": exchange.status,
        "reason": exchange.reason,
        "errno": exchange.errno,
        "error": exchange.error,
        "detail": exchange.detail,
        "phases": {name: seconds(value) for name, value in exchange.phases._asdict().items()},
        "headers": _joined(exchange.headers),
        "retry_after": exchange.header("retry-after"),
        "server": exchange.header("server"),
        "body": exchange.body[:_BODY_SHOWN].decode(errors="replace"),
        "bytes": exchange.bytes,
        "complete": exchange.complete,
        "tls_peer": None,
    }


def _joined(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in headers:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
