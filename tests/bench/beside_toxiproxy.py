"""The figures of the embedded Toxiproxy-compatible server, beside a real one."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cache
from statistics import median

import nginx_here
import relaying
import toxiproxy_here
import wrk
from figure import Figure, shown
from lab.toxiproxy.server import Server
from toxi_fleet import free_port
from warm import answered

REAL = "Toxiproxy 2.12.0"

AS_FAST = ("≥ 1.0", "≤ 0.8", "≥ 2")
NOT_SLOW = ("≥ 0.7", "≤ 1.4", "≥ 0.7")
"""The ratios that are wanted: requests, added latency, bulk."""


def plain() -> list[Figure]:
    """Without toxics."""
    return _relayed(None, "", AS_FAST)


def with_latency() -> list[Figure]:
    """Through a latency toxic that adds none: the cost of having one."""
    return _relayed(("latency", {"latency": 0}), "; a latency toxic of 0 ms each way", NOT_SLOW)


def with_bandwidth() -> list[Figure]:
    """Through a bandwidth toxic of 100 GB/s."""
    return _relayed(("bandwidth", {"rate": 100_000_000}), "; a bandwidth toxic far above the load each way", NOT_SLOW)


def start() -> list[Figure]:
    """From nothing until the control API answers."""
    if _lacking(toxiproxy_here.missing()):
        return []
    asyncio.run(_server())  # the imports, which a running process has behind it
    inside, command, real = [], [], []
    for _ in range(9):
        port = str(free_port())
        inside.append(asyncio.run(_server()))
        real.append(_command([str(toxiproxy_here.path()), "-port", port], port))
        command.append(_command([sys.executable, "-m", "lab", "toxiproxy", "--port", port], port))
    return [
        Figure(
            "embedded Toxiproxy inside a running process, until it answers", "s", inside, REAL, real, wanted="≤ 5 ms"
        ),
        Figure("`lab toxiproxy`, cold, until it answers", "s", command, REAL, real, wanted="≤ 0.3 s"),
    ]


def _relayed(toxic: relaying.Toxic | None, through: str, wanted: tuple[str, str, str]) -> list[Figure]:
    if _lacking(nginx_here.missing(), toxiproxy_here.missing(), wrk.missing()):
        return []
    direct, real, embedded = relaying.readings(nginx_here.path(), toxic)

    def figure(what: str, unit: str, wanted: str, of: Sequence[Sequence[float]]) -> Figure:
        floor = f"direct {shown(median(of[0]), unit)}; {REAL}"
        return Figure(
            f"embedded Toxiproxy: {what}{through}", unit, of[2], floor, of[1], paired=True, wanted=f"{wanted} ×"
        )

    ways = (direct, real, embedded)
    added = [[each.wait - floor.wait for each, floor in zip(way, direct, strict=True)] for way in (real, embedded)]
    return [
        figure("16 kept connections", "req/s", wanted[0], [[each.rate for each in way] for way in ways]),
        figure("latency added to a direct connection", "s", wanted[1], [[each.wait for each in direct], *added]),
        figure("bulk, one connection", "MiB/s", wanted[2], [[each.bulk for each in way] for way in ways]),
    ]


def _lacking(*missing: str | None) -> bool:
    """Whether something is, which is said in a sentence."""
    why = next(filter(None, missing), None)
    if why:
        _say(f"The figures beside Toxiproxy are left out. {why}")
    return why is not None


@cache
def _say(sentence: str) -> None:
    """Once for all figures that it is about."""
    print(sentence, file=sys.stderr)


async def _server() -> float:
    """Seconds that a server inside this process takes."""
    start = time.perf_counter()
    async with Server(port=0) as server:
        await answered(*server.address, path="/version")
        return time.perf_counter() - start


def _command(command: Sequence[str], port: str) -> float:
    """Seconds that a server takes as a command."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            asyncio.run(answered("127.0.0.1", int(port), path="/version"))
            return time.perf_counter() - start
        finally:
            process.terminate()
