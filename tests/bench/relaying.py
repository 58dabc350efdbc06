"""The same load straight to a backend, through a real Toxiproxy and through the embedded server, in turn.

The load, the backend and the proxy share the machine's cores, as they would anywhere: what a proxy takes, the others
lack. So each way is measured once in a round, the ways take turns at being first, and a ratio is formed within a round.
What somebody else's work disturbed is measured again, as long as patience lasts. Both servers are processes of their
own, with their byte counters on.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import toxi_fleet
import wrk
from backend import LARGE, backend
from calm import Calm

ROUNDS = 7
CONNECTIONS = 16

PATIENCE = 120.0
"""Seconds; a quiet machine needs 50."""

FILES = 8
"""How many large files a bulk reading takes: enough for the kernel's windows to grow at the beginning of it."""

Toxic = tuple[str, Mapping[str, int]]
"""A type and its attributes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way in one round.

    Attributes:
        rate: requests a second over `CONNECTIONS` connections.
        wait: the median time until a request was answered over a single one, in seconds.
        bulk: MiB a second over a single one.
    """

    rate: float
    wait: float
    bulk: float


def readings(nginx: Path, toxic: Toxic | None) -> tuple[list[Reading], list[Reading], list[Reading]]:
    """Direct, real and embedded, one reading for each round; `toxic` acts on both directions of the two proxies."""
    with backend(nginx) as port, contextlib.ExitStack() as stack:
        ports = [port]
        for kind in toxi_fleet.KINDS:
            server = toxi_fleet.start(kind)
            stack.callback(server.stop)
            proxy = server.api.proxy(upstream=f"127.0.0.1:{port}")
            for stream in ("upstream", "downstream") if toxic else ():
                server.api.toxic("p", toxic[0], attributes=toxic[1], stream=stream)
            ports.append(int(proxy["listen"].rpartition(":")[2]))
        ways: tuple[list[Reading], list[Reading], list[Reading]] = ([], [], [])
        calm = Calm(PATIENCE)
        for turn in range(ROUNDS):
            for way in range(3):
                way = (way + turn) % 3
                ways[way].append(_reading(ports[way], calm))
        return ways


def _reading(port: int, calm: Calm) -> Reading:
    small = f"http://127.0.0.1:{port}/small"
    return Reading(
        rate=calm.reading(lambda: wrk.load(small, CONNECTIONS)).rate,
        wait=calm.reading(lambda: wrk.load(small, 1)).wait,
        bulk=calm.reading(lambda: _bulk(port)),
    )


def _bulk(port: int) -> float:
    """MiB a second. Not by wrk, which reads 8 KiB at a time and would be the bottleneck."""
    buffer, left = bytearray(1 << 20), FILES * LARGE
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: bench\r\n\r\n" * FILES)
        start = time.perf_counter()
        while left > 0:
            count = connection.recv_into(buffer)
            if not count:
                raise SystemExit(f"127.0.0.1:{port} closed with {left} bytes to come.")
            left -= count
        return FILES * LARGE / (time.perf_counter() - start) / (1 << 20)
