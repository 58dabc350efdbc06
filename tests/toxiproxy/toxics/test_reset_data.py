"""reset_data: so many bytes, then an RST, on connections of any age."""

from __future__ import annotations

import pytest

from toxi_stand import Stand, end_of, read, send


@pytest.mark.parametrize("age", ["older", "newer"])
@pytest.mark.parametrize("stream", ["upstream", "downstream"])
async def test_both_sides_are_reset_in_the_middle(stand: Stand, age: str, stream: str) -> None:
    if age == "newer":
        await stand.toxic("reset_data", stream=stream, bytes=5)
    client, server = await stand.pair()
    await send(client, b".")
    await read(server, 1)
    if age == "older":
        await stand.toxic("reset_data", stream=stream, bytes=5)
    sender, receiver = (client, server) if stream == "upstream" else (server, client)
    before = 1 if (age, stream) == ("newer", "upstream") else 0
    await send(sender, b"123456789")
    data, how = await end_of(receiver)
    assert (len(data) + before, how) == (5, "rst")
    assert (await end_of(sender))[1] == "rst"


async def test_less_than_the_limit_passes(stand: Stand) -> None:
    await stand.toxic("reset_data", bytes=5)
    client, server = await stand.pair()
    await send(server, b"1234")
    server.close()
    assert await end_of(client) == (b"1234", "fin")
