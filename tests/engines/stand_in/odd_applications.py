"""Applications that misbehave as the round's folder tells them: a file there named after a mood decides."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


def serve(settings: Mapping[str, Any], listener: socket.socket, admin: socket.socket) -> None:
    if settings["kind"] == "api":
        if Path("fails").exists():
            sys.exit("the database is not there")
        if Path("raises").exists():
            raise RuntimeError("no such table")
        if Path("ignores-sigterm").exists():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if Path("forks").exists() and os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while True:
                signal.pause()
        if Path("fills").exists():
            with Path(settings["log"]).open("ab", buffering=0) as log:
                try:
                    while True:
                        log.write(b"x" * 1024 * 1024)
                except OSError as error:
                    print(f"errno {error.errno}", file=sys.stderr, flush=True)
        if Path("never-answers").exists():
            signal.pause()
    admin.setblocking(True)
    while True:
        connection, _ = admin.accept()
        connection.setblocking(True)
        connection.recv(65536)
        connection.sendall(ANSWER)
        connection.close()
