"""A given number of requests, some of them at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from lab.traffic.exchange import Exchange, exchange
from lab.traffic.schedule import Planned

AT_ONCE = 8
"""Requests of a batch that are in flight at most."""


async def batch(
    address: tuple[str, int],
    plan: Iterable[Planned],
    *,
    timeout: float = 10.0,
    on_exchange: Callable[[Exchange], None] | None = None,
) -> list[Exchange]:
    """Send what is planned, without its gaps, and return the exchanges in the order of the plan.

    Args:
        address: where to.
        plan: what to send; it has to have an end.
        timeout: seconds for each.
        on_exchange: called with each exchange as it ends.
    """
    places = asyncio.Semaphore(AT_ONCE)

    async def one(planned: Planned) -> Exchange:
        async with places:
            seen = await exchange(
                address,
                planned.request,
                source=planned.client,
                timeout=timeout,
                patience=planned.patience,
                actor=planned.actor,
            )
        if on_exchange is not None:
            on_exchange(seen)
        return seen

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(planned)) for planned in plan]
    return [task.result() for task in tasks]
