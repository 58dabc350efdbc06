"""The log is written in blocks, and the process does not live until one is full."""

from __future__ import annotations

import asyncio
import os
import signal

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Proceed
from lab.upstream.faults.feature import Feature
from lab.upstream.faults.params import Params

_BLOCK = 1 << 20
_LIVES_ON = 0.25
"""Seconds from the first failure of a process to its end."""
_LOOK_AGAIN = 0.005


class LogInBlocks(Feature):
    """`route`, `feature`: as the fault `feature`. Some time after the first failure the process is killed.

    What it had to say until then it still had in its buffer. It is killed between two requests: none is broken off.
    """

    name = "log-in-blocks"

    def __init__(self, params: Params, application: Application) -> None:
        super().__init__(params, application)
        self._journal = application.journal
        self._in_hand = 0
        self._end: asyncio.TimerHandle | None = None

    def put_in(self) -> None:
        """Lines are kept back from now on."""
        self._journal.in_blocks(_BLOCK)

    def taken_out(self) -> None:
        """They are all written, and the process lives."""
        if self._end:
            self._end.cancel()
        self._journal.in_blocks(0)

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """The feature first, if it is the route; the first time that it fails is the beginning of the end."""
        self._in_hand += 1
        try:
            return await super().around(call, proceed)
        except Exception:
            self._end = self._end or asyncio.get_running_loop().call_later(_LIVES_ON, self._die)
            raise
        finally:
            self._in_hand -= 1

    def _die(self) -> None:
        if self._in_hand:
            self._end = asyncio.get_running_loop().call_later(_LOOK_AGAIN, self._die)
        else:
            os.kill(os.getpid(), signal.SIGKILL)
