"""A server inside the test's own loop; what it is asked to do beyond the usual is the test's fixture `options`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from lab.toxiproxy.server import Server
from toxi_stand import Stand


@pytest.fixture
def options() -> dict[str, Any]:
    return {}


@pytest.fixture
async def stand(options: dict[str, Any]) -> AsyncIterator[Stand]:
    async with Server(port=0, **options) as server:
        stand = Stand(server)
        upstream = "{}:{}".format(*stand.upstream.getsockname())
        _, proxy = await stand.api("POST", "/proxies", {"name": "p", "upstream": upstream, "listen": "127.0.0.1:0"})
        host, _, port = proxy["listen"].rpartition(":")
        stand.proxy = host, int(port)
        try:
            yield stand
        finally:
            stand.close()
