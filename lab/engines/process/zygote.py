"""The forker and guardian: starts every process of every lab of one owner, and takes them down with it.

Run as `python -m lab.engines.process.zygote MODULE` with one end of a socket pair as stdin. It has imported the
applications, so a fork of it is an application that is ready to serve; and it has one thread, no event loop and
no listening socket, because a fork would copy those: a copy of a listening socket makes a dead hop hang where it
should refuse, and PDEATHSIG belongs to the thread that forked.

Requests and answers are JSON lines: `{"id", "do", …}` → `{"id", …}` or `{"id", "error", "errno"}`; besides
answers there are `{"ready"}`, `{"broken"}` and `{"ended"}`. The end of file on stdin means that the owner is gone.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from typing import Any

from lab.engines.process import addresses
from lab.engines.process.child import HANDLED, Serve, become
from lab.engines.process.family import Family
from lab.engines.process.orders import Order
from lab.errors import LabError

_OWNER = 0
_BACKLOG = 511
_GRACE = 1.0
"""Seconds that processes have to end politely when the owner is gone."""
_PR_SET_CHILD_SUBREAPER = 36


class Zygote:
    """The loop.

    Args:
        serve: what a forked application runs.
    """

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._family = Family()
        self._held: dict[str, list[socket.socket | int]] = {}
        self._received = b""
        self._owned = True
        self._wake, wake = _pipe()
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, _noted)
        signal.signal(signal.SIGTERM, _noted)

    def run(self) -> None:
        """Serve requests until the owner is gone, and everything that was started is too."""
        _tell({"ready": os.getpid()})
        poll = select.poll()
        poll.register(_OWNER, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while self._owned or self._family:
            wait = self._family.wait_at_most()
            ready = {number for number, _ in poll.poll(None if wait is None else wait * 1000 + 1)}
            asked_to_end = self._wake in ready and bytes([signal.SIGTERM]) in self._wakeups()
            if self._owned and (asked_to_end or (_OWNER in ready and not self._requests())):
                self._owned = False
                poll.unregister(_OWNER)
                self._family.end(None, "", _GRACE)
            self._family_news()

    def _family_news(self) -> None:
        for ended in self._family.reap():
            _tell({"ended": asdict(ended)})
        for ending in self._family.ended():
            for holder in self._held.pop(ending.scope, []):
                addresses.let_go(holder)
            _tell({"id": ending.id})

    def _wakeups(self) -> bytes:
        with suppress(BlockingIOError):
            return os.read(self._wake, 4096)
        return b""

    def _requests(self) -> bool:
        """Serve what came from the owner; false at the end of file."""
        try:
            received = os.read(_OWNER, 65536)
        except ConnectionError:
            return False
        *lines, self._received = (self._received + received).split(b"\n")
        for line in lines:
            self._request(json.loads(line))
        return bool(received)

    def _request(self, request: dict[str, Any]) -> None:
        id_ = request["id"]
        try:
            match request["do"]:
                case "spawn":
                    _tell({"id": id_, "pid": self._spawn(Order.parse(request["order"]))})
                case "signal":
                    self._family.signal(request["key"], signal.Signals[request["signal"]])
                    _tell({"id": id_})
                case "hold":
                    n, holder = addresses.hold(request["own"])
                    self._held.setdefault(request["scope"], []).append(holder)
                    _tell({"id": id_, "n": n})
                case "end":  # answered when everything in the scope is gone
                    self._family.end(id_, request["scope"], request["grace"])
        except OSError as error:
            _tell({"id": id_, "error": error.strerror or str(error), "errno": error.errno})
        except LabError as error:
            _tell({"id": id_, "error": error.what, "cure": error.cure})

    def _spawn(self, order: Order) -> int:
        if order.key in self._family:
            raise FileExistsError(f"{order.key} runs already")
        sockets: list[socket.socket] = []
        output = os.open(order.output, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            for address in order.listen:
                sockets.append(addresses.bound(address))
                sockets[-1].listen(_BACKLOG)
                sockets[-1].setblocking(False)  # nginx does not do that to sockets that it inherits
            # A signal that came before the child is itself again would be lost to the handlers it inherits.
            signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
            parent = os.getpid()
            pid = os.fork()
            if pid == 0:
                become(order, sockets, output, parent, self._serve)
            with suppress(OSError):  # it may have done that itself, and more
                os.setpgid(pid, pid)
            self._family.add(order.key, pid)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
            for sock in sockets:
                sock.close()
            os.close(output)
        return pid


def _tell(message: dict[str, Any]) -> None:
    data = json.dumps(message).encode() + b"\n"
    with suppress(ConnectionError):  # the owner is gone; the end of file says so too
        while data:
            data = data[os.write(_OWNER, data) :]


def _noted(*_: object) -> None:
    """Only there so that the signal wakes the loop."""


def _pipe() -> tuple[int, int]:
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    return read, write


def main(module: str) -> None:
    """Import the applications of `module`, then serve the owner at standard input."""
    # Ctrl-C and a closed terminal are the owner's to decide on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if sys.platform == "linux":
        # nginx's workers become children of this process when their master dies, instead of getting away.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        serve: Serve = import_module(module).serve
    except Exception:
        _tell({"broken": traceback.format_exc(limit=-3)})
        return
    # What is there now is never collected, so collections in the children don't copy its pages.
    gc.collect()
    gc.freeze()
    Zygote(serve).run()


if __name__ == "__main__":
    main(sys.argv[1])
