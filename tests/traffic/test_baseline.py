from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

from lab.traffic.baseline import baseline, unexpected
from lab.traffic.routes import ROUTES

TOKENS = {"valid": "good", "expired": "expired"}


async def test_each_route_is_asked_for_as_often(shop, log):
    seen = await baseline(shop.address, ["127.0.0.1", "127.0.0.2"], TOKENS, seed=3, rounds=3, log=log)
    assert Counter(one.route for one in seen) == dict.fromkeys(ROUTES, 3)
    assert unexpected(seen) == []
    assert len(shop.paths) == 3 * len(ROUTES)
    assert shop.most_at_once <= 8
    logged = [json.loads(text) for text in log.read_text().splitlines()]
    assert {one["rid"] for one in logged} == {one.rid for one in seen}
    assert len(logged) == 3 * len(ROUTES)


async def test_the_same_seed_asks_the_same(shop):
    one, two, other = [await baseline(shop.address, [], TOKENS, seed=seed, rounds=1) for seed in (3, 3, 4)]
    assert [seen.rid for seen in one] == [seen.rid for seen in two]
    assert [seen.path for seen in one] != [seen.path for seen in other]


async def test_what_is_not_normal_is_unexpected(shop, closed_port):
    good = await baseline(shop.address, [], TOKENS, seed=3, rounds=1)
    created = next(one for one in good if one.route == "order-create")
    assert unexpected([created]) == []
    wrong = [
        replace(created, status=200),
        replace(good[0], status=502),
        replace(good[0], complete=False),
        replace(good[0], error="truncated"),
        replace(good[0], status=None),
    ]
    assert unexpected([good[0], *wrong]) == wrong
    assert len(unexpected(await baseline(closed_port, [], TOKENS, seed=3, rounds=1))) == len(ROUTES)


async def test_what_belongs_to_no_route_has_to_be_whole(shop):
    stray = replace((await baseline(shop.address, [], TOKENS, seed=3, rounds=1))[0], route=None, status=404)
    assert unexpected([stray]) == []
    assert unexpected([replace(stray, complete=False)])
