"""Faults that act on a hop's process from outside."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import ClassVar

from lab.catalog.model import Model
from lab.engines.base import Address, Stack
from lab.errors import LabError

_UNANSWERED = 0.25
"""Seconds in which a kernel whose queue has room takes up a connection."""
_LONGEST_QUEUE = 5000


class Pause(Model):
    """The hop's process stands still (SIGSTOP): connections are made by the kernel, and nobody accepts them."""

    name: ClassVar[str] = "pause"
    needs: ClassVar[frozenset[str]] = frozenset({"pause"})

    hop: str

    @property
    def kills(self) -> tuple[str, ...]:
        return ()

    async def inject(self, stack: Stack) -> None:
        await stack.hop(self.hop).pause()

    async def restore(self, stack: Stack) -> None:
        await stack.hop(self.hop).resume()


class Overflow(Pause):
    """The hop's process stands still, and so many connections were made meanwhile that no more are taken up.

    They fill the queue of those that wait to be accepted; from then on the kernel lets SYNs go unanswered. Whoever
    made them has hung up again, which frees no place.
    """

    name: ClassVar[str] = "overflow"

    async def inject(self, stack: Stack) -> None:
        await super().inject(stack)
        for _ in range(_LONGEST_QUEUE):
            # On a busy machine one may be late.
            if not (await _is_taken_up(stack.hop(self.hop).address) or await _is_taken_up(stack.hop(self.hop).address)):
                return
        raise LabError(
            f"{self.hop} still takes connections up after {_LONGEST_QUEUE}.", "See what accepts them.", code=3
        )


async def _is_taken_up(address: Address) -> bool:
    """Whether a new connection is answered in time."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.setblocking(False)
        with suppress(TimeoutError):
            async with asyncio.timeout(_UNANSWERED):
                await asyncio.get_running_loop().sock_connect(sock, address)
            return True
    return False


class Stop(Model):
    """The hop's process is stopped politely and stays stopped, so its port is closed."""

    name: ClassVar[str] = "stop"
    needs: ClassVar[frozenset[str]] = frozenset({"signals"})

    hop: str

    @property
    def kills(self) -> tuple[str, ...]:
        return (self.hop,)

    async def inject(self, stack: Stack) -> None:
        await stack.hop(self.hop).stop()

    async def restore(self, stack: Stack) -> None:
        await stack.hop(self.hop).start()
