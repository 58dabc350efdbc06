"""Forks application processes for the tests, as the lab does: imported once, no loop, no threads.

Run as `python forker.py FD`. On the unix socket FD it takes one JSON message at a time: `{"start": settings,
"stderr": path}` with two listening sockets, answered by `{"pid"}`; or `{"wait": pid, "seconds": s}`, answered by
`{"code", "core"}`: the exit code, negative for a signal, null when it still runs; and whether it left a core.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
import time
from pathlib import Path
from typing import Any

from lab.upstream.serve import serve


def main(channel: socket.socket) -> None:
    while True:
        data, fds, _, _ = socket.recv_fds(channel, 65536, 2)
        if not data:
            return
        asked = json.loads(data)
        answer = start(channel, asked, fds) if "start" in asked else wait(asked["wait"], asked["seconds"])
        channel.sendall(json.dumps(answer).encode())


def start(channel: socket.socket, asked: dict[str, Any], fds: list[int]) -> dict[str, int]:
    pid = os.fork()
    if pid:
        for fd in fds:
            os.close(fd)
        return {"pid": pid}
    channel.close()
    # As on a machine that keeps cores, so that one would be noticed.
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    os.chdir(Path(asked["stderr"]).parent)
    os.dup2(os.open(asked["stderr"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), 2)
    try:
        serve(asked["start"], *(socket.socket(fileno=fd) for fd in fds))
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def wait(pid: int, seconds: float) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return {"code": os.waitstatus_to_exitcode(status), "core": os.WCOREDUMP(status)}
        time.sleep(0.002)
    return {"code": None, "core": False}


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
