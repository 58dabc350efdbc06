"""What a freshly forked child does to become a hop. It never returns."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from lab.engines.process.mark import MARK, relabel
from lab.engines.process.orders import Order

Serve = Callable[[Mapping[str, Any], socket.socket, socket.socket], None]
"""The entry point of an application: its settings, the socket that it serves on, the one for its admin listener."""

LOG_CAP = 20 * 1024 * 1024
"""Bytes that any file of a child may have. SIGXFSZ is ignored (by Python, and that survives exec), so a write
beyond it fails with EFBIG and nobody dies of it."""

HANDLED = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD})
"""Signals that the zygote handles itself; blocked while it forks, and as usual again in the child."""

_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def become(order: Order, sockets: Sequence[socket.socket], output: int, parent: int, serve: Serve) -> NoReturn:
    """Be the process that was ordered.

    Args:
        order: what to be.
        sockets: listening; for an application the first is served and the second is its admin listener.
        output: descriptor of the file for stdout and stderr.
        parent: pid of the zygote.
        serve: the entry point of the applications.
    """
    code = 1
    try:
        os.setpgid(0, 0)
        # nginx passes SIGTERM on to its workers; SIGKILL would leave them behind, serving.
        _die_with(parent, signal.SIGTERM if order.argv else signal.SIGKILL)
        _descriptors(sockets, output)
        _limits(order)
        _signals()
        os.chdir(order.folder)
        os.environ.update({"TZ": "UTC", MARK: order.round})
        if order.argv:
            _execute(order.argv, sockets)
        time.tzset()
        relabel(f"lab {order.key.rpartition('/')[2]}", order.round)
        serve(order.settings or {}, sockets[0], sockets[1])
        code = 0
    except SystemExit as end:
        code = _exit_code(end)
    except BaseException:
        traceback.print_exc()
    finally:
        # No clean-up of what the zygote had open or registered: all of that is the zygote's.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _exit_code(end: SystemExit) -> int:
    """As the interpreter does it: a text is shown, and means 1."""
    if isinstance(end.code, str):
        print(end.code, file=sys.stderr)
    return end.code if isinstance(end.code, int) else int(end.code is not None)


def _die_with(parent: int, number: signal.Signals) -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _descriptors(sockets: Sequence[socket.socket], output: int) -> None:
    """Keep the sockets and the output, and nothing else: above all not the zygote's line to its owner."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    low = 3
    for number in sorted(sock.fileno() for sock in sockets):
        os.closerange(low, number)
        low = number + 1
    os.closerange(low, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _limits(order: Order) -> None:
    for which, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, order.files),
        (resource.RLIMIT_FSIZE, LOG_CAP),
    ):
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))


def _signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in HANDLED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)


def _execute(argv: Sequence[str], sockets: Sequence[socket.socket]) -> NoReturn:
    for sock in sockets:
        sock.set_inheritable(True)
    if sockets:
        os.environ["NGINX"] = "".join(f"{sock.fileno()};" for sock in sockets)
    os.execv(argv[0], list(argv))
