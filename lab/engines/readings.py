"""What `systemctl` and `ss` would show of a hop: read from the system when asked, never remembered."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import psutil

from lab.engines import kernel
from lab.engines.managed import ManagedHop


def proc(hop: ManagedHop) -> list[dict[str, Any]]:
    """One row for each process of the hop, the main one first; one without a pid when it does not run."""
    common: dict[str, Any] = {
        "unit": hop.name,
        "state": hop.state,
        "restarts": hop.restarts,
        "last_exit": hop.last_exit,
        "listening": str(hop.address) if hop.pid is not None else None,
    }
    running, since = processes(hop), hop.since or 0.0
    rows = [common | row for process in running if (row := _usage(process, running[0], since))]
    return rows or [common | {"pid": None, "since": None, "uptime_s": None, "rss_mb": None, "cpu_s": None}]


def sock(hop: ManagedHop) -> list[dict[str, Any]]:
    """One row for each TCP socket of the hop; the queues are bytes, of a listener connections (None: not known)."""
    # Master and workers share their listening socket; it is one.
    found = {(one.state, one.local, one.peer): one for process in processes(hop) for one in kernel.sockets(process.pid)}
    rows = [{"unit": hop.name, **one._asdict()} for one in found.values()]
    return sorted(rows, key=lambda row: (row["state"] != "LISTEN", row["local"], row["peer"]))


def processes(hop: ManagedHop) -> list[psutil.Process]:
    """The hop's main process and its descendants; none when it does not run."""
    if hop.pid is None:
        return []
    try:
        main = psutil.Process(hop.pid)
        return [main, *main.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _usage(process: psutil.Process, main: psutil.Process, since: float) -> dict[str, Any] | None:
    """The row of one process. Its start is counted from the main one's, whose time (epoch seconds) was noted.

    What the kernel tells by itself is relative to a boot time in whole seconds.
    """
    try:
        with process.oneshot():
            started, cpu = since + process.create_time() - main.create_time(), process.cpu_times()
            return {
                "pid": process.pid,
                "since": datetime.fromtimestamp(started, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "uptime_s": round(max(0.0, time.time() - started), 3),
                "rss_mb": round(process.memory_info().rss / 2**20, 1),
                "cpu_s": round(cpu.user + cpu.system, 3),
            }
    except psutil.Error:
        return None
