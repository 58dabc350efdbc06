"""The embedded server as a process of its own: prints its address and serves until its input is closed.

Arguments are further options of `Server`, such as `transparent` or `seed=7`.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from lab.toxiproxy.server import Server


async def serve(options: dict[str, Any]) -> None:
    async with Server(host="127.0.0.1", port=0, proxy_metrics=True, **options) as server:
        host, port = server.address
        print(f"{host}:{port}", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    given = [argument.partition("=") for argument in sys.argv[1:]]
    asyncio.run(serve({name: int(value) if equals else True for name, equals, value in given}))
