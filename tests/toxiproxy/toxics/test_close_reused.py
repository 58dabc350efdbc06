"""close_reused: the next request on a kept connection finds it closed."""

from __future__ import annotations

import pytest

from toxi_stand import Stand, end_of, read, send


@pytest.mark.parametrize(("attributes", "served"), [({}, 1), ({"requests": 1}, 1), ({"requests": 3}, 3)])
@pytest.mark.parametrize("reset", [0, 1])
async def test_as_the_next_request_arrives(stand: Stand, attributes: dict[str, int], served: int, reset: int) -> None:
    await stand.toxic("close_reused", stream="upstream", reset=reset, **attributes)
    client, server = await stand.pair()
    for _ in range(served):
        await send(client, b"request")
        assert await read(server, 7) == b"request"
        await send(server, b"answer")
        assert await read(client, 6) == b"answer"
    await send(client, b"once more")
    assert await end_of(client) == (b"", "rst" if reset else "fin")
    assert (await end_of(server))[0] == b"", "the upstream never sees it"


async def test_a_request_in_pieces_is_one(stand: Stand) -> None:
    await stand.toxic("close_reused", stream="upstream")
    client, server = await stand.pair()
    for piece in (b"a", b"b", b"c"):
        await send(client, piece)
        assert await read(server, 1) == piece
    await send(server, b"answer")
    assert await read(client, 6) == b"answer"
