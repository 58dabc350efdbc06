"""From nothing to the first 200: the lab's whole system, and a bare nginx as its floor."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from lab.catalog.scenario import Topology
from lab.engines import open_engine
from lab.engines.base import Engine, Plan

DEADLINE = 10.0
"""Seconds in which the first 200 has to arrive."""

BARE = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{ listen 127.0.0.1:{port}; location / {{ return 200; }} }}
}}
"""


async def first_answers(times: int, nginx: Path) -> tuple[list[float], list[float]]:
    """Seconds of several launches of the system, and of as many of a bare nginx."""
    async with open_engine("process") as engine:
        await _system(engine, 0)  # the imports, which a warm start has behind it
        return [await _system(engine, n) for n in range(1, times + 1)], [await _bare_nginx(nginx) for _ in range(times)]


async def _system(engine: Engine, n: int) -> float:
    topology = Topology()
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as folder:
        Path(folder).chmod(0o755)
        plan = Plan(
            round=f"bench-{os.getpid()}-{n}",
            folder=Path(folder),
            replicas=1,
            gateway=topology.gateway.model_dump(),
            api=topology.api.model_dump(),
            restart=topology.restart.model_dump(),
            routes=topology.routes.model_dump(),
            seed=n,
        )
        start = time.perf_counter()
        async with engine.launch(plan, lambda exit_: None) as stack:
            await answered(*stack.gateway.address, path="/health")
            return time.perf_counter() - start


async def _bare_nginx(nginx: Path) -> float:
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        conf = Path(folder) / "nginx.conf"
        conf.write_text(BARE.format(folder=folder, port=port))
        start = time.perf_counter()
        command = [nginx, "-p", folder, "-c", str(conf), "-e", f"{folder}/error.log"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                await answered("127.0.0.1", port, path="/")
                return time.perf_counter() - start
            finally:
                process.terminate()


async def answered(host: str, port: int, path: str) -> None:
    """Return when a GET was answered with 200."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        try:
            reader, writer = await asyncio.open_connection(host, port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.001)
            continue
        writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
        status = await asyncio.wait_for(reader.readline(), DEADLINE)
        writer.close()
        if status.split()[1:2] == [b"200"]:
            return
    raise SystemExit(f"{host}:{port} did not answer GET {path} with 200 within {DEADLINE:g} s.")
