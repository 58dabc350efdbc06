"""A zygote that is forked instead of executed, by a process that has just begun.

A round's supervisor does this before it imports anything large: the two then share what both need (some MB of the
interpreter's own memory) and import the rest at the same time. Forking is safe at that moment only: the process has
one thread, no event loop, and no descriptors but its standard ones.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
from dataclasses import dataclass

SERVE = "lab.upstream.serve"
"""The module whose `serve` the forked applications run."""


@dataclass(frozen=True, slots=True)
class Early:
    """A zygote that runs already, and this process's end of the socket pair to it."""

    pid: int
    socket: socket.socket

    def kill(self) -> None:
        """End it without asking."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Wait until it is gone."""
        try:
            os.waitpid(self.pid, 0)
        except ChildProcessError:
            return


def fork() -> Early:
    """Fork a zygote. Its standard output goes nowhere; its standard input is its end of the pair."""
    ours, theirs = socket.socketpair()
    gc.freeze()  # or the first collection on either side copies every page that is shared
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.setsid()
            os.chdir("/")
            os.dup2(theirs.fileno(), 0)
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            os.closerange(3, max(ours.fileno(), theirs.fileno(), null) + 1)
            from lab.engines.process import mark, zygote

            mark.retitle("lab zygote")
            zygote.main(SERVE)
            status = 0
        finally:
            os._exit(status)
    theirs.close()
    return Early(pid, ours)
