"""Proxies and toxics as a whole: what is only done when asked for, and draws that repeat."""

from __future__ import annotations

from typing import Any

import pytest

from lab.toxiproxy.server import Server
from toxi_stand import Stand, end_of, send

ENTRY = {"name": "q", "upstream": "127.0.0.1:9", "listen": "127.0.0.1:0", "enabled": False}
TOXICS = [{"type": "latency", "attributes": {"latency": 5}}, {"type": "slicer", "stream": "upstream"}]


class TestPopulate:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"populate_toxics": True}

    async def test_toxics_are_added_if_asked_for(self, stand: Stand) -> None:
        _, told = await stand.api("POST", "/populate", [{**ENTRY, "toxics": TOXICS}])
        assert [toxic["name"] for toxic in told["proxies"][0]["toxics"]] == ["slicer_upstream", "latency_downstream"]

    async def test_an_unchanged_proxy_gets_none_again(self, stand: Stand) -> None:
        for _ in range(2):
            _, told = await stand.api("POST", "/populate", [{**ENTRY, "listen": "127.0.0.1:1", "toxics": TOXICS}])
        assert len(told["proxies"][0]["toxics"]) == 2

    @pytest.mark.parametrize(
        ("toxic", "status", "error"),
        [
            ({"type": "none"}, 400, "invalid toxic type"),
            ({"type": "latency", "stream": "x"}, 400, "stream was invalid, can be either upstream or downstream"),
            ("x", 400, "bad request body: json: cannot unmarshal string into Go value of type toxics.ToxicWrapper"),
        ],
    )
    async def test_a_wrong_toxic_is_found_before_anything_is_done(
        self, stand: Stand, toxic: Any, status: int, error: str
    ) -> None:
        assert await stand.api("POST", "/populate", [{**ENTRY, "toxics": [toxic]}]) == (
            status,
            {"error": error, "status": status, "proxies": None},
        )
        assert list((await stand.api("GET", "/proxies"))[1]) == ["p"]


async def test_toxics_in_populate_are_ignored_otherwise(stand: Stand) -> None:
    _, told = await stand.api("POST", "/populate", [{**ENTRY, "toxics": TOXICS}])
    assert told["proxies"][0]["toxics"] == []


async def test_reset_starts_what_can_be_started_even_if_one_can_not(stand: Stand) -> None:
    taken = "{}:{}".format(*stand.upstream.getsockname())
    await stand.api("POST", "/proxies", {**ENTRY, "name": "a", "listen": taken})
    await stand.api("POST", "/proxies", {**ENTRY, "name": "z"})
    status, told = await stand.api("POST", "/reset")
    assert (status, told["error"]) == (500, f"listen tcp {taken}: bind: address already in use")
    assert [one["enabled"] for one in (await stand.api("GET", "/proxies"))[1].values()] == [False, True, True]


async def hits(seed: int | None, before: int = 0) -> list[bool]:
    """Which of 24 connections a toxic with toxicity 0.5 acts on."""
    async with Server(port=0, seed=seed) as server:
        stand = Stand(server)
        try:
            upstream = "{}:{}".format(*stand.upstream.getsockname())
            _, proxy = await stand.api("POST", "/proxies", {"name": "p", "upstream": upstream, "listen": "127.0.0.1:0"})
            stand.proxy = "127.0.0.1", int(proxy["listen"].rpartition(":")[2])
            for number in range(before):
                await stand.toxic("latency", name=f"n{number}", toxicity=0.5, jitter=2)
            await stand.toxic("limit_data", name="t", toxicity=0.5, bytes=0)
            found = []
            for _ in range(24):
                client, server_end = await stand.pair()
                await send(server_end, b"x")
                server_end.close()
                found.append((await end_of(client))[0] == b"")
            return found
        finally:
            stand.close()


async def test_a_seed_repeats_the_draws_whatever_else_is_drawn() -> None:
    first = await hits(7)
    assert len(set(first)) == 2
    assert await hits(7, before=2) == first
    assert await hits(8) != first
