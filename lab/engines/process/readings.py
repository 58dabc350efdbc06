"""What `systemctl` and `ss` would show of a hop: read from the system when asked, never remembered."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from lab.engines.process.hops import ProcessHop

_QUEUES = Path("/proc/net/tcp")
_ABBREVIATIONS = {"ESTABLISHED": "ESTAB", "CLOSE_WAIT": "CLOSE-WAIT", "TIME_WAIT": "TIME-WAIT", "SYN_SENT": "SYN-SENT"}


def proc(hop: ProcessHop) -> list[dict[str, Any]]:
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


def sock(hop: ProcessHop) -> list[dict[str, Any]]:
    """One row for each TCP socket of the hop; the queues are bytes, of a listener connections (None: not known)."""
    queues = _read_queues() if sys.platform == "linux" else {}
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for process in processes(hop):
        with suppress(psutil.Error):
            for conn in process.net_connections("tcp4"):
                local, peer = (f"{end.ip}:{end.port}" if end else "*" for end in (conn.laddr, conn.raddr))
                recv_q, send_q = queues.get((local, peer), (None, None))
                state = _ABBREVIATIONS.get(conn.status, conn.status)
                row = {"unit": hop.name, "state": state, "local": local, "peer": peer}
                # Master and workers share their listening socket; it is one.
                rows[state, local, peer] = row | {"recv_q": recv_q, "send_q": send_q}
    return sorted(rows.values(), key=lambda row: (row["state"] != "LISTEN", row["local"], row["peer"]))


def processes(hop: ProcessHop) -> list[psutil.Process]:
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


def _read_queues() -> dict[tuple[str, str], tuple[int, int]]:
    """(local, peer) → (recv_q, send_q), from proc_net_tcp: `local_address rem_address st tx_queue:rx_queue` in hex."""
    queues = {}
    with suppress(OSError):
        for line in _QUEUES.read_text(encoding="ascii").splitlines()[1:]:
            _, local, peer, state, both, *_ = line.split()
            sent, received = both.split(":")
            other = "*" if state == "0A" else _address(peer)
            queues[_address(local), other] = (int(received, 16), int(sent, 16))
    return queues


def _address(text: str) -> str:
    host, port = text.split(":")
    packed = int(host, 16).to_bytes(4, sys.byteorder)
    return f"{'.'.join(map(str, packed))}:{int(port, 16)}"
