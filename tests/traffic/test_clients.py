from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from itertools import islice

import psutil
import pytest

from lab.errors import LabError
from lab.traffic.actors import NOISE
from lab.traffic.clients import Clients
from lab.traffic.routes import ROUTES
from lab.traffic.schedule import shoppers

SOURCES = [f"127.0.0.{n}" for n in range(11, 19)]
TOKENS = {"valid": "good", "expired": "expired"}


@pytest.fixture
def make(shop, log):
    def make(address=None, **kw):
        return Clients(address or shop.address, SOURCES, **{"seed": 7, "rate": 50, "tokens": TOKENS, "log": log, **kw})

    return make


def lines(log):
    return [json.loads(text) for text in log.read_text().splitlines()]


async def test_the_schedule_is_the_seeds(make, shop, until):
    async with make() as clients:
        await until(lambda: len(shop.paths) >= 30)
    plan = list(islice(shoppers(7, SOURCES, TOKENS), 25))
    # Two that are in flight at once may arrive in either order.
    assert Counter(shop.paths[:30]) >= Counter(p.request.path for p in plan)
    assert set(shop.peers) <= set(SOURCES[:4])
    assert clients.seen.dropped == 0


async def test_what_was_seen_is_logged_at_once_and_handed_over(make, log, until):
    handed = []
    async with make(on_exchange=handed.append) as clients:
        await until(lambda: clients.seen.finished >= 20)
        assert len(lines(log)) == clients.seen.finished == len(handed)
    logged = lines(log)
    assert [one["rid"] for one in logged] == [one.rid for one in handed]
    assert list(logged[0])[:7] == ["ts", "client", "actor", "rid", "method", "path", "route"]
    assert {one["actor"] for one in logged} == {"shopper"}
    assert all(one["status"] in ROUTES[one["route"]].normal and one["complete"] for one in logged)
    assert all(one["total"] >= one["first_byte"] >= one["tcp"] > 0 for one in logged)
    assert sum(clients.seen.outcomes.values()) == clients.seen.finished


async def test_the_rate_is_kept(make, shop, until):
    began = time.monotonic()
    async with make(rate=40):
        await until(lambda: len(shop.paths) >= 60)
    assert 60 / (time.monotonic() - began) == pytest.approx(40, rel=0.2)


async def test_noise_comes_from_its_own_addresses(make, log, shop, until):
    shop.delay = 0.05
    async with make(noise=list(NOISE), rate=5):
        await until(lambda: log.exists() and {one["actor"] for one in lines(log)} >= {"shopper", *NOISE}, 12)
    logged = lines(log)
    for actor in ("shopper", *NOISE):
        places = {one["client"] for one in logged if one["actor"] == actor}
        others = {one["client"] for one in logged if one["actor"] != actor}
        assert not places & others
    outcomes = {(one["actor"], one["status"], one["error"]) for one in logged if one["actor"] != "shopper"}
    assert outcomes == {
        ("partner", 401, None),
        ("crawler", 200, None),
        ("kiosk", None, "timeout"),
        ("importer", 400, None),
    }


async def test_an_actor_that_is_named_twice_is_there_once(make, log, until):
    async with make(noise=["partner", "partner"], rate=1):
        await until(lambda: log.exists() and len([one for one in lines(log) if one["status"] == 401]) >= 2)
    rids = [one["rid"] for one in lines(log)]
    assert len(rids) == len(set(rids))


async def test_noise_does_not_change_the_shoppers(make, log, until):
    async with make(noise=["partner"]) as clients:
        await until(lambda: clients.seen.finished >= 30)
    rids = [one["rid"] for one in lines(log) if one["actor"] == "shopper"]
    planned = [p.request.rid for p in islice(shoppers(7, SOURCES, TOKENS), 20)]
    assert set(planned) <= set(rids)


async def test_in_flight_is_bounded_against_a_server_that_never_answers(make, shop, connections_to, until):
    shop.delay = 60
    async with make(rate=100, in_flight_max=12) as clients:
        await until(lambda: clients.seen.dropped >= 20)
        assert clients.in_flight == 12
        assert connections_to(shop.address) == 12
        assert clients.seen.sent == 12
        assert shop.most_at_once == 12
    assert connections_to(shop.address) == 0


async def test_no_more_than_the_most_per_second_begin(make, shop):
    async with make(rate=100) as clients:
        clients._pace = lambda actor: 400.0  # a schedule gone wild
        await asyncio.sleep(0.9)
        assert clients.seen.sent == 100
        assert clients.seen.dropped > 50


async def test_stop_leaves_no_task_and_no_socket(make, shop, log, connections_to, until):
    shop.delay = 60
    files = psutil.Process().num_fds()
    clients = make(noise=list(NOISE))
    clients.start()
    await until(lambda: clients.in_flight >= 10)
    assert len([task for task in asyncio.all_tasks() if _belongs_to_traffic(task)]) > 10
    began = time.monotonic()
    await clients.stop()
    assert time.monotonic() - began < 1
    assert connections_to(shop.address) == 0
    assert clients.in_flight == 0
    assert [task for task in asyncio.all_tasks() if _belongs_to_traffic(task)] == []
    # The server notices a little later that its clients are gone.
    await until(lambda: psutil.Process().num_fds() <= files + shop.at_once)
    assert lines(log) == []
    await clients.stop()


def _belongs_to_traffic(task):
    return "/lab/traffic/" in task.get_coro().cr_code.co_filename


async def test_pause_and_resume(make, shop, until):
    async with make(rate=100) as clients:
        await until(lambda: clients.seen.finished >= 10)
        clients.pause()
        sent = clients.seen.sent
        await asyncio.sleep(0.3)
        assert clients.seen.sent == sent
        clients.resume()
        await until(lambda: clients.seen.sent >= sent + 5)
        assert clients.seen.dropped == 0
    planned = [p.request.path for p in islice(shoppers(7, SOURCES, TOKENS), len(shop.paths) + 5)]
    assert Counter(shop.paths) <= Counter(planned)


async def test_thin_thins_shoppers_and_noise(make, log, until):
    async with make(rate=100, noise=["partner"]) as clients:
        await until(lambda: clients.seen.finished >= 10)
        clients.thin(4)
        before = len(lines(log))
        await asyncio.sleep(1.8)
        actors = Counter(one["actor"] for one in lines(log)[before:])
    assert 3 <= actors["shopper"] <= 12
    assert actors["partner"] <= 1  # the one that was due already


async def test_thin_never_makes_noise_faster_than_it_is(make, log, until):
    async with make(rate=1, noise=["partner"]) as clients:
        clients.thin(50)
        await until(lambda: clients.seen.finished >= 40)
        await asyncio.sleep(0.5)
    assert Counter(one["actor"] for one in lines(log))["partner"] <= 8


async def test_a_long_sleep_is_not_caught_up(make, shop, until):
    async with make(rate=50) as clients:
        await until(lambda: clients.seen.sent >= 5)
        before = clients.seen.sent
        time.sleep(2)  # noqa: ASYNC251 - the whole process stands still
        await asyncio.sleep(0.05)
        assert clients.seen.sent - before <= 35


async def test_once_asks_now_and_logs(make, shop, log):
    async with make(rate=0.01) as clients:
        clients.pause()
        seen = await clients.once()
        assert [one.route for one in seen] == list(ROUTES)
        (one,) = await clients.once("checkout")
        (two,) = await clients.once("checkout")
        assert len({one.rid, two.rid, *(other.rid for other in seen)}) == len(ROUTES) + 2
        assert len(lines(log)) == clients.seen.finished == clients.seen.sent == len(ROUTES) + 2
        with pytest.raises(LabError, match="chekout"):
            await clients.once("chekout")


async def test_stop_ends_a_once(make, shop, connections_to, until):
    shop.delay = 60
    clients = make(rate=0.01)
    clients.start()
    task = asyncio.create_task(clients.once())
    await until(lambda: connections_to(shop.address) > 0)
    await clients.stop()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert connections_to(shop.address) == 0


async def test_failures_are_counted_by_their_word(make, closed_port, log, until):
    async with make(address=closed_port) as clients:
        await until(lambda: clients.seen.finished >= 5)
    assert set(clients.seen.outcomes) == {"refused"}
    assert {(one["errno"], one["error"], one["status"]) for one in lines(log)} == {(111, "refused", None)}


async def test_a_truncated_answer_is_counted_with_its_status(make, answering, until):
    address = await answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
    async with make(address=address) as clients:
        await until(lambda: clients.seen.finished >= 5)
    assert set(clients.seen.outcomes) == {"200 truncated"}


async def test_a_log_that_cannot_be_written_is_not_passed_over(make, log, until):
    def full(_):
        raise OSError(28, "No space left on device")

    clients = make(on_exchange=full)
    clients.start()
    await until(lambda: clients.seen.finished >= 1)
    with pytest.raises(OSError, match="No space"):
        await clients.stop()
    await clients.stop()


@pytest.mark.parametrize("rate", [0, -1, 100.5])
async def test_rates_have_bounds(make, rate):
    with pytest.raises(LabError, match="requests per second"):
        make(rate=rate)
    with pytest.raises(LabError, match="requests per second"):
        make().thin(rate)


async def test_an_unknown_actor_is_an_error(make):
    with pytest.raises(LabError, match="noise actor"):
        make(noise=["nobody"])


async def test_they_start_once(make):
    async with make() as clients:
        with pytest.raises(RuntimeError):
            clients.start()
