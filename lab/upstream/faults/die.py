"""The process dies on a request, as after a segmentation fault or the kernel's out-of-memory killer."""

from __future__ import annotations

import os
import resource
import signal

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.params import Params

SIGNALS = {name: getattr(signal, name) for name in ("SIGKILL", "SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL")}
"""Signals that end this process whatever it does; SIGTERM is not one, for it stops the application politely."""


class Die(Fault):
    """`route`, `signal`: a request of that route is the process's last."""

    name = "die"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.route(application.routes)
        self._signal = SIGNALS[params.choice("signal", SIGNALS)]

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Die, if it is the route."""
        if concerns(self._route, call):
            # The request was read to its end: a socket that is closed with unread bytes in it would send RST
            # instead of FIN.
            _without_core()
            os.kill(os.getpid(), self._signal)
        return await proceed()


def _without_core() -> None:
    """Have the signal leave no core, neither in a file nor with a collector.

    A limit of 0 does not stop a collector, which would hold the sockets open while it reads; a limit of 1 does
    (fs/coredump.c), and is too small for a file.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard if hard == 0 else 1, hard))
