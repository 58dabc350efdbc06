from __future__ import annotations

import asyncio

import pytest

from lab.traffic.batch import AT_ONCE, batch
from lab.traffic.schedule import shoppers


async def test_few_are_in_flight_and_the_order_is_the_plans(shop):
    shop.delay = 0.03
    plan = list(shoppers(1, ["127.0.0.1"], {"valid": "t"}, routes=["products", "health", "orders"] * 10))
    noted = []
    seen = await batch(shop.address, plan, on_exchange=noted.append)
    assert [one.rid for one in seen] == [planned.request.rid for planned in plan]
    assert shop.most_at_once == AT_ONCE
    assert sorted(one.rid for one in noted) == sorted(one.rid for one in seen)


async def test_a_cancelled_batch_leaves_nothing(shop, connections_to, until):
    shop.delay = 60
    task = asyncio.create_task(batch(shop.address, shoppers(1, [], {}, routes=["health"] * 20)))
    await until(lambda: connections_to(shop.address) == AT_ONCE)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert connections_to(shop.address) == 0
