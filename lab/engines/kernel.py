"""What the kernel tells of a process: its children and its TCP sockets, in whatever network it lives."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

_STATES = {
    "01": "ESTAB", "02": "SYN-SENT", "03": "SYN-RECV", "04": "FIN-WAIT-1", "05": "FIN-WAIT-2", "06": "TIME-WAIT",
    "07": "CLOSE", "08": "CLOSE-WAIT", "09": "LAST-ACK", "0A": "LISTEN", "0B": "CLOSING",
}  # fmt: skip
"""The kernel's include/net/tcp_states.h, in the words of `ss`."""

_WORDS = {
    psutil.CONN_ESTABLISHED: "ESTAB",
    psutil.CONN_SYN_SENT: "SYN-SENT",
    psutil.CONN_SYN_RECV: "SYN-RECV",
    psutil.CONN_FIN_WAIT1: "FIN-WAIT-1",
    psutil.CONN_FIN_WAIT2: "FIN-WAIT-2",
    psutil.CONN_TIME_WAIT: "TIME-WAIT",
    psutil.CONN_CLOSE_WAIT: "CLOSE-WAIT",
    psutil.CONN_LAST_ACK: "LAST-ACK",
}


LINUX: bool = sys.platform == "linux"


class Socket(NamedTuple):
    """An IPv4 TCP socket. The queues are bytes, `recv_q` of a listener connections; None: not known."""

    state: str
    local: str
    peer: str
    recv_q: int | None
    send_q: int | None


def children(pid: int) -> set[int]:
    """The pids of a process's children; none when it is gone."""
    with suppress(OSError):  # proc(5); psutil would look through all processes of the machine
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()))
    try:
        return {child.pid for child in psutil.Process(pid).children()}
    except psutil.NoSuchProcess:
        return set()


def sockets(pid: int) -> list[Socket]:
    """The TCP sockets that a process has open; none when it is gone or somebody else's."""
    if LINUX:
        return _of_proc(pid)
    with suppress(psutil.Error):
        return [
            Socket(_WORDS.get(conn.status, conn.status), _end(conn.laddr), _end(conn.raddr), None, None)
            for conn in psutil.Process(pid).net_connections("tcp4")
        ]
    return []


def listens(pid: int) -> bool:
    """Whether the process has a listening socket."""
    return any(socket.state == "LISTEN" for socket in sockets(pid))


def _of_proc(pid: int) -> list[Socket]:
    """Of proc(5): the process's own `net/tcp`, which is that of its network namespace, and its descriptors."""
    mine = set()
    with suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                mine.add(str(link.readlink()))
    found = []
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
            _, local, peer, state, queues, _, _, _, _, inode, *_ = line.split()
            if f"socket:[{inode}]" in mine:
                sent, received = queues.split(":")
                other = "*" if state == "0A" else _address(peer)
                found.append(
                    Socket(_STATES.get(state, state), _address(local), other, int(received, 16), int(sent, 16))
                )
    return found


def _address(text: str) -> str:
    host, port = text.split(":")
    packed = int(host, 16).to_bytes(4, sys.byteorder)
    return f"{'.'.join(map(str, packed))}:{int(port, 16)}"


def _end(address: object) -> str:
    ip, port = getattr(address, "ip", None), getattr(address, "port", None)
    return "*" if ip is None else f"{ip}:{port}"
