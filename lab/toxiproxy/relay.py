"""One direction of one connection without toxics: what comes from one socket is sent to the other.

The sockets are driven by the loop's readers and writers, without a transport or a task: a read goes into a buffer that
all relays share, and from there straight to the other kernel. Only what that does not take is copied, and then nothing
more is read until it is gone, so that each side feels the other's pace.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque

from lab.toxiproxy.ends import Ends, name_of
from lab.toxiproxy.toxics.base import END, Item

BUFFER = bytearray(1 << 18)
"""Nothing stays in it from one callback to the next, so one is enough for all relays of a process."""

VIEW = memoryview(BUFFER)


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
        self._pending: deque[bytes | memoryview] = deque()
        self._end_follows = False
        self._timed = timed
        self._on_readable = self._pass_timed if timed else self._pass

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
            self._pending.append(item.data)
        else:
            self._send_on(item.data)

    def drained(self) -> None:
        """The sink has taken everything: read on."""
        self.listen(True)

    def _pass(self) -> None:
        """The fast path."""
        try:
            count = self._receive_into(BUFFER)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._ends.source_over(self, name_of(error))
            return
        if not count:
            self._ends.source_over(self, "fin")
            return
        self.received += count
        try:
            sent = self._send(VIEW[:count])
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            self._ends.sink_failed(self, name_of(error))
            return
        self.sent += sent
        if sent != count:
            self._keep(bytes(VIEW[sent:count]))
            self.listen(False)

    def _pass_timed(self) -> None:
        before = self.received
        now = time.time()
        self._pass()
        if self.received != before:
            self.stamp(now)

    def stamp(self, now: float) -> None:
        """Bytes came."""
        if self.first is None:
            self.first = now
        self.last = now

    def _send_on(self, data: bytes) -> None:
        try:
            sent = self._send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            self._ends.sink_failed(self, name_of(error))
            return
        self.sent += sent
        if sent != len(data):
            self._keep(memoryview(data)[sent:])

    def _keep(self, rest: bytes | memoryview) -> None:
        self._pending.append(rest)
        self.loop.add_writer(self._to, self._on_writable)

    def _on_writable(self) -> None:
        pending = self._pending
        while pending:
            data = pending[0]
            try:
                sent = self._send(data)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                self._ends.sink_failed(self, name_of(error))
                return
            self.sent += sent
            if sent != len(data):
                pending[0] = memoryview(data)[sent:]
                return
            pending.popleft()
        self.loop.remove_writer(self._to)
        if self._end_follows:
            self._deliver_end()
        else:
            self.drained()

    def _deliver_end(self) -> None:
        self.done = True
        self._ends.delivered(self)
