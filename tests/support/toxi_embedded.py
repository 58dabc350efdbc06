"""The embedded server as a process of its own: prints its address and serves until its input is closed."""

from __future__ import annotations

import asyncio
import sys

from lab.toxiproxy.server import Server


async def serve() -> None:
    async with Server(host="127.0.0.1", port=0, proxy_metrics=True) as server:
        host, port = server.address
        print(f"{host}:{port}", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve())
