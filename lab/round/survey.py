"""The looks that the lab makes for itself, to see what a trainee could see by looking."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from lab.engines.base import Stack
from lab.logs.line import Look
from lab.traffic.probe import fields, probe
from lab.traffic.routes import ROUTES

PATIENCE = 1.0
"""Seconds that a survey's probe waits."""


async def survey(stack: Stack, route: str | None, tokens: Mapping[str, str]) -> tuple[Look, ...]:
    """Probe the gateway and every hop behind it, and read their processes, and the api's sockets.

    A `route` that is asked for with GET is probed, too. Nothing of it is shown to the trainee.

    The looks are numbered below zero, so none can be cited.
    """
    targets = [name for name in stack.hops if name != "client"]
    probes = asyncio.gather(*(_probe(stack, name) for name in targets))
    processes = asyncio.gather(*(stack.inspect("proc", name) for name in targets))
    apis = [name for name in targets if name.startswith("api")]
    sockets = asyncio.gather(*(stack.inspect("sock", name) for name in apis))
    looks: list[tuple[str, dict[str, Any]]] = [("probe", seen) for seen in await probes]
    looks += [
        ("inspect", {"topic": "proc", "hop": name, "rows": rows})
        for name, rows in zip(targets, await processes, strict=True)
    ]
    looks += [
        ("inspect", {"topic": "sock", "hop": name, "rows": rows})
        for name, rows in zip(apis, await sockets, strict=True)
    ]
    if route and ROUTES[route].method == "GET":
        looks.append(("probe", await _probe(stack, "gateway", ROUTES[route].template.format(1), tokens["valid"])))
    now = time.time()
    return tuple(Look(n=-n, what=what, fields=fields_, at=now) for n, (what, fields_) in enumerate(looks, start=1))


async def _probe(stack: Stack, name: str, path: str = "/health", token: str | None = None) -> dict[str, Any]:
    headers = (("Authorization", f"Bearer {token}"),) if token else ()
    source = stack.clients[0] if stack.clients else None
    seen = await probe(stack.hop(name).address, "GET", path, headers, b"", source=source, timeout=PATIENCE, times=1)
    return {**fields(seen[0]), "via": name}
