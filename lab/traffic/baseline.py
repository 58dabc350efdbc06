"""Proof that a system is healthy: every route, and what was not as it should be."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lab.traffic.batch import batch
from lab.traffic.client_log import ClientLog
from lab.traffic.exchange import Exchange
from lab.traffic.routes import ROUTES
from lab.traffic.schedule import shoppers


async def baseline(
    address: tuple[str, int],
    sources: Sequence[str],
    tokens: Mapping[str, str],
    *,
    seed: int,
    rounds: int = 2,
    timeout: float = 10.0,
    log: Path | None = None,
) -> list[Exchange]:
    """Each route `rounds` times, a few at a time; the same seed asks the same.

    Args:
        address: of the gateway.
        sources: addresses to send from, as for `lab.traffic.clients.Clients`.
        tokens: the `valid` bearer token.
        seed: decides ids, bodies and clients.
        rounds: how often each route is asked for.
        timeout: seconds for each request.
        log: client.log to append to, or None.
    """
    plan = shoppers(f"{seed} baseline", sources, tokens, routes=list(ROUTES) * rounds)
    with contextlib.ExitStack() as stack:
        write = stack.enter_context(ClientLog(log)).write if log is not None else None
        return await batch(address, plan, timeout=timeout, on_exchange=write)


def unexpected(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Those that a healthy shop would not give: another status than the route's normal ones, or not whole.

    An exchange that belongs to no route is expected when it is whole.
    """
    return [seen for seen in exchanges if not _as_expected(seen)]


def _as_expected(seen: Exchange) -> bool:
    if seen.error is not None or not seen.complete:
        return False
    route = ROUTES.get(seen.route or "")
    return route is None or seen.status in route.normal
