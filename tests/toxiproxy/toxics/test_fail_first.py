"""fail_first: the first N connections fail, the others don't."""

from __future__ import annotations

import pytest

from toxi_stand import Stand, end_of, read, send


@pytest.mark.parametrize("reset", [0, 1])
async def test_the_first_two(stand: Stand, reset: int) -> None:
    await stand.toxic("fail_first", connections=2, reset=reset)
    for _ in range(2):
        assert await end_of(await stand.dial()) == (b"", "rst" if reset else "fin")
    client, server = await stand.pair()
    await send(client, b"served")
    assert await read(server, 6) == b"served"


async def test_none_without_the_toxic(stand: Stand) -> None:
    client, server = await stand.pair()
    await stand.toxic("fail_first", connections=5)
    await send(client, b"older ones live on")
    assert await read(server, 18) == b"older ones live on"
