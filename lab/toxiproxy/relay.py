"""One direction of one connection without toxics: what comes from one socket is sent to the other.

The sockets are driven by the loop's readers and writers, without a transport or a task: a read goes into a buffer that
all relays share, and from there straight to the other kernel. Only what that does not take is copied, and then nothing
more is read until it is gone, so that each side feels the other's pace.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import TypeVar

from lab.toxiproxy.ends import Ends, name_of
from lab.toxiproxy.toxics.base import END, Item

BUFFER = bytearray(1 << 20)
"""Nothing stays in it from one callback to the next, so one is enough for all relays of a process.

A large one is for bulk: each send wakes the receiver, which costs more than the bytes (64 KiB: 1.0 GB/s, 256 KiB: 1.5,
1 MiB: 2.2, 4 MiB: 2.3, where Toxiproxy's 32 KiB give 0.7)."""

VIEW = memoryview(BUFFER)

_Room = TypeVar("_Room")
_Got = TypeVar("_Got", int, bytes)


class Relay:
    """From a socket to another.

    Args:
        source, sink: connected sockets that don't block.
        ends: is told what happens; it closes the sockets.
        timed: whether to note the times of the first and the last bytes.

    Attributes:
        received, sent: bytes.
        first, last: seconds since the epoch, if `timed` and something came.
        done: everything is delivered, or nothing more can be.
    """

    def __init__(self, source: socket.socket, sink: socket.socket, ends: Ends, timed: bool = False) -> None:
        self.loop = asyncio.get_running_loop()
        self.received = 0
        self.sent = 0
        self.first: float | None = None
        self.last: float | None = None
        self.done = False
        self.over = False
        self._ends = ends
        self._from = source.fileno()
        self._to = sink.fileno()
        self._receive = source.recv
        self._receive_into = source.recv_into
        self._send = sink.send
        self._reading = False
        self._pending = bytearray()
        self._end_follows = False
        self._timed = timed
        self._on_readable = self._pass

    def listen(self, wanted: bool) -> None:
        """Read on, or hold back."""
        wanted = wanted and not self.over
        if wanted is not self._reading:
            self._reading = wanted
            if wanted:
                self.loop.add_reader(self._from, self._on_readable)
            else:
                self.loop.remove_reader(self._from)

    def source_closed(self) -> None:
        """Nothing more comes: the end follows what has come already."""
        if not self.over:
            self.listen(False)
            self.over = True
            self.enter(END)

    def abandon(self) -> None:
        """Deliver nothing more, and let go of both sockets."""
        self.listen(False)
        self.over = self.done = True
        if self._pending:
            self.loop.remove_writer(self._to)
            self._pending.clear()

    def enter(self, item: Item) -> None:
        """An item at the beginning of the way; here that is its end already."""
        self.put(item)

    def takes(self) -> bool:
        """Whether the sink is ready for more."""
        return not self._pending and not self._end_follows and not self.done

    def put(self, item: Item) -> None:
        """Send an item, or keep it behind what the sink has not taken yet."""
        if self.done or self._end_follows:
            return
        if item is END:
            self._end_follows = True
            if not self._pending:
                self._deliver_end()
        elif self._pending:
            self._pending += item.data
        else:
            sent = self._push(item.data)
            if sent != len(item.data):
                self._keep(item.data[sent:])

    def drained(self) -> None:
        """The sink has taken everything: read on."""
        self.listen(True)

    def _pass(self) -> None:
        """The fast path."""
        count = self._read(self._receive_into, BUFFER)
        if count:
            self.received += count
            if self._timed:
                self.stamp()
            sent = self._push(VIEW[:count])
            if sent != count:
                self._keep(VIEW[sent:count])
                self.listen(False)

    def _read(self, receive: Callable[[_Room], _Got], room: _Room) -> _Got | None:
        """What the source has now. Nothing if it has nothing, or has come to its end, of which the owner is told."""
        try:
            got = receive(room)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as error:
            self._ends.source_over(self, name_of(error))
            return None
        if not got:
            self._ends.source_over(self, "fin")
        return got

    def stamp(self) -> None:
        """Bytes came."""
        self.last = time.time()
        if self.first is None:
            self.first = self.last

    def _push(self, data: bytes | bytearray | memoryview) -> int:
        """How many bytes the sink takes now. Once it takes no more at all none have to be kept: it counts as all."""
        try:
            sent = self._send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError as error:
            self._ends.sink_failed(self, name_of(error))
            return len(data)
        self.sent += sent
        return sent

    def _keep(self, rest: bytes | memoryview) -> None:
        self._pending += rest
        self.loop.add_writer(self._to, self._on_writable)

    def _on_writable(self) -> None:
        del self._pending[: self._push(self._pending)]
        if self._pending or self.done:
            return
        self.loop.remove_writer(self._to)
        if self._end_follows:
            self._deliver_end()
        else:
            self.drained()

    def _deliver_end(self) -> None:
        self.done = True
        self._ends.delivered(self)
