"""How connections end: as with the real server, and transparent."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from toxi_stand import Stand, end_of, read, reset, send

CHOSEN = [{}, {"transparent": True}]


@pytest.fixture(params=CHOSEN, ids=["usual", "transparent"])
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(request.param)


@pytest.mark.parametrize("side", ["client", "upstream"])
async def test_an_rst(stand: Stand, options: dict[str, Any], side: str) -> None:
    client, server = await stand.pair()
    await send(client, b"x")
    await read(server, 1)
    one, other = (client, server) if side == "client" else (server, client)
    reset(one)
    assert await end_of(other) == (b"", "rst" if options else "fin")


async def test_a_half_close(stand: Stand, options: dict[str, Any]) -> None:
    client, server = await stand.pair()
    await send(client, b"all")
    client.shutdown(socket.SHUT_WR)
    assert await end_of(server) == (b"all", "fin")
    if not options:
        assert await end_of(client) == (b"", "fin")
        return
    await send(server, b"an answer")
    server.close()
    assert await end_of(client) == (b"an answer", "fin")


async def test_an_upstream_that_refuses(stand: Stand, options: dict[str, Any]) -> None:
    stand.upstream.close()
    assert await end_of(await stand.dial()) == (b"", "rst" if options else "fin")


async def test_an_ordinary_exchange(stand: Stand) -> None:
    client, server = await stand.pair()
    await send(client, b"question")
    assert await read(server, 8) == b"question"
    await send(server, b"answer" * 20_000)
    server.close()
    assert await end_of(client) == (b"answer" * 20_000, "fin")
