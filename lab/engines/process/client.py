"""The owner's side of the zygote: requests with deadlines, and the news of processes that ended."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import lab
from lab.engines.process.early import Early
from lab.engines.process.mark import MARK, ROOM
from lab.engines.process.orders import Ended, Order
from lab.errors import LabError

_START_TIMEOUT = 20.0
"""Seconds for the imports, on a machine that is busy."""

_PACKAGE_ROOT = str(Path(lab.__file__).resolve().parent.parent)


class _Spawning(NamedTuple):
    key: str
    began: Callable[[int], None]
    ended: Callable[[Ended], None]


class ZygoteClient:
    """Starts a zygote, and owns it: when this object's process ends, however, everything goes.

    Args:
        serve: the module whose `serve` the forked applications run.
        early: a zygote that was forked before; then none is started.

    Attributes:
        lost: why the zygote is gone; empty while it is there.
    """

    def __init__(self, serve: str, early: Early | None = None) -> None:
        self._module = serve
        self._early = early
        self._ids = itertools.count(1)
        self._replies: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._spawning: dict[int, _Spawning] = {}
        self._watchers: dict[str, Callable[[Ended], None]] = {}
        self._pids: dict[str, int] = {}
        self.lost = ""

    async def __aenter__(self) -> ZygoteClient:
        self._ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._process: Early | subprocess.Popen[bytes]
        if self._early:
            self._process, ours = self._early, self._early.socket
        else:
            self._process, ours = _execute(self._module)
        self._reader, self._writer = await asyncio.open_unix_connection(sock=ours)
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Let the zygote end everything, and wait until it did."""
        with suppress(OSError):
            self._writer.write_eof()
        try:
            await asyncio.wait_for(asyncio.shield(self._listening), 10)
        except TimeoutError:
            self._process.kill()
        finally:
            self._listening.cancel()
            self._writer.close()
            if not self._ready.done():
                self._ready.cancel()
            # It closed its end, so it is gone or about to be.
            await asyncio.to_thread(self._process.wait)

    @property
    def pid(self) -> int:
        """The zygote's."""
        return self._process.pid

    async def spawn(self, order: Order, began: Callable[[int], None], ended: Callable[[Ended], None]) -> int:
        """Start a process. `began` is called with its pid as soon as it lives, `ended` once it is gone.

        Raises:
            LabError: when it cannot be started; neither is called then.
        """
        reply = await self._ask("spawn", spawning=_Spawning(order.key, began, ended), order=order.as_json())
        return int(reply["pid"])

    async def signal(self, key: str, name: str) -> None:
        """Send a signal; SIGSTOP, SIGCONT and SIGKILL go to the whole group."""
        await self._ask("signal", key=key, signal=name)

    async def hold(self, scope: str, own: bool) -> int:
        """Take a free lab number; it is kept until the scope was ended."""
        return int((await self._ask("hold", scope=scope, own=own))["n"])

    async def end(self, scope: str, grace: float) -> None:
        """End all processes whose key is the scope or lies in it; returns when they are gone.

        Args:
            scope: a stack, or one process's key.
            grace: seconds between SIGTERM and SIGKILL.
        """
        await self._ask("end", timeout=grace + 5, scope=scope, grace=grace)

    async def _ask(
        self, do: str, *, timeout: float = 5.0, spawning: _Spawning | None = None, **details: Any
    ) -> dict[str, Any]:
        reply: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        id_ = next(self._ids)
        try:
            async with asyncio.timeout(_START_TIMEOUT):
                await asyncio.shield(self._ready)
            if self.lost:
                raise _gone(self.lost)
            self._replies[id_] = reply
            if spawning:
                self._spawning[id_] = spawning
            self._writer.write(json.dumps({"id": id_, "do": do, **details}).encode() + b"\n")
            async with asyncio.timeout(timeout):
                answer = await reply
        except TimeoutError:
            raise LabError(
                f"The process that runs the lab's servers did not answer ({do}) in time.",
                "The machine may be overloaded; try again.",
                code=3,
            ) from None
        finally:
            self._replies.pop(id_, None)
        if "error" in answer:
            raise LabError(f"{do} failed: {answer['error']}.", answer.get("cure", "Try again."), code=3)
        return answer

    async def _listen(self) -> None:
        reason = "it ended"
        try:
            while line := await self._reader.readline():
                message = json.loads(line)
                if "broken" in message:
                    reason = message["broken"].strip()
                else:
                    self._heard(message)
        except ConnectionError as error:
            reason = str(error)
        finally:
            self._lose(reason)

    def _heard(self, message: dict[str, Any]) -> None:
        if "ready" in message:
            self._ready.set_result(message["ready"])
        elif "ended" in message:
            ended = Ended(**message["ended"])
            self._pids.pop(ended.key, None)
            if watcher := self._watchers.pop(ended.key, None):
                watcher(ended)
        else:
            spawning = self._spawning.pop(message["id"], None)
            if spawning and "pid" in message:
                # Here and not in `spawn`, so that it comes before the news of the end, however close.
                self._watchers[spawning.key] = spawning.ended
                self._pids[spawning.key] = message["pid"]
                spawning.began(message["pid"])
            reply = self._replies.get(message["id"])
            if reply and not reply.done():
                reply.set_result(message)

    def _lose(self, reason: str) -> None:
        """The zygote is gone, and with it everything that it started."""
        self.lost = reason
        if not self._ready.done():
            self._ready.set_result(0)
        for reply in self._replies.values():
            if not reply.done():
                reply.set_exception(_gone(reason))
        for key, watcher in list(self._watchers.items()):
            watcher(Ended(key, self._pids[key], None, "SIGKILL"))
        self._watchers.clear()
        self._pids.clear()


def _execute(module: str) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """A zygote of its own program, and our end of the socket pair to it. It starts while the caller goes on."""
    ours, theirs = socket.socketpair()
    try:
        # A session of its own: no signal of the terminal reaches it.
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "lab.engines.process.zygote", module],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": _python_path(), MARK: "-" * ROOM},
            cwd="/",
            start_new_session=True,
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return process, ours


def _gone(reason: str) -> LabError:
    return LabError(
        f"The process that runs the lab's servers is gone: {reason}.",
        "Everything that it ran is gone too. Start again.",
        code=3,
    )


def _python_path() -> str:
    return os.pathsep.join(filter(None, (_PACKAGE_ROOT, os.environ.get("PYTHONPATH", ""))))
