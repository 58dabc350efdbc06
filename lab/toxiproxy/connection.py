"""One client's connection through a proxy: two sockets, a link each way, and how it all ends."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import time
from collections.abc import Callable, Iterable

from lab.toxiproxy.dial import DialError, dial, tune
from lab.toxiproxy.journal import Dial, Record, Side, Way
from lab.toxiproxy.link import Link
from lab.toxiproxy.relay import Relay
from lab.toxiproxy.toxics.base import Toxic

_AT_ONCE = struct.pack("ii", 1, 0)


class Connection:
    """From the accept to the last close.

    When a link has delivered everything, the whole socket at its output is closed, and the other link ends behind
    what it still holds: a half-close closes the whole, as with the real server. A transparent one passes a half-close
    on as such, and an RST as an RST.

    Args:
        client: the accepted socket; it does not block.
        upstream: where to connect to.
        chance: purpose → generator.
        transparent: pass resets and half-closes on.
        timed: keep the times of bytes, for the journal.
        gone: is called once, when both sockets are closed.

    Attributes:
        lingers: every close is an RST.
        links: client to upstream, and back; empty until the upstream is connected.
    """

    def __init__(
        self,
        client: socket.socket,
        upstream: str,
        chance: Callable[..., random.Random],
        *,
        transparent: bool,
        timed: bool,
        gone: Callable[[Connection], None],
    ) -> None:
        self.lingers = False
        self.links: tuple[Link, ...] = ()
        self.chance = chance
        self._client: socket.socket | None = client
        self._server: socket.socket | None = None
        self._upstream = upstream
        self._transparent = transparent
        self._timed = timed
        self._gone = gone
        self._dial: Dial = "pending"
        self._dialled: float | None = None
        self._accepted = time.time()
        self._peer = client.getpeername()[:2] if timed else ("", 0)
        self._ended: tuple[Side | None, str] | None = None

    async def open(self, toxics: Callable[[], tuple[Iterable[Toxic], Iterable[Toxic]]]) -> None:
        """Connect to the upstream and begin; `toxics` are asked for when that is done, upstream's first."""
        began = time.monotonic()
        try:
            server = await dial(self._upstream)
        except DialError as failed:
            self._dial, self._ended = failed.outcome, (None, str(failed))
            self.abort("", reset=self._transparent)
            return
        except BaseException:
            self.abort("disabled")
            raise
        self._dial, self._dialled = "connected", time.monotonic() - began
        client = self._client
        if client is None:
            server.close()
            return
        self._server = server
        try:
            tune(client)
            tune(server)
        except OSError:  # it is gone already; the first read will tell
            pass
        self.links = up, down = Link(client, server, self, self._timed), Link(server, client, self, self._timed)
        up.other, down.other = down, up
        for link, chain in zip(self.links, toxics(), strict=True):
            for toxic in chain:
                self.lingers = self.lingers or toxic.stage.resets
                link.add(toxic)
        for link in self.links:
            link.pump()

    def source_over(self, relay: Relay, how: str) -> None:
        self._note("client" if relay is self.links[0] else "upstream", how)
        if self._transparent and how != "fin":
            self.abort("", reset=True)
        else:
            relay.source_closed()

    def sink_failed(self, relay: Relay, how: str) -> None:
        self._note("upstream" if relay is self.links[0] else "client", how)
        if self._transparent:
            self.abort("", reset=True)
        else:
            relay.abandon()
            self._hang_up(relay)

    def delivered(self, relay: Relay) -> None:
        if self._transparent and self._ended and self._ended[0] != "proxy":
            sink = self._server if relay is self.links[0] else self._client
            if sink is not None:
                with contextlib.suppress(OSError):
                    sink.shutdown(socket.SHUT_WR)
            if all(link.done for link in self.links):
                self.abort("")
        else:
            self._hang_up(relay)

    def ended_by(self, why: str) -> None:
        self._note("proxy", why)

    def abort(self, why: str, *, reset: bool = False) -> None:
        """Close both sockets now; data that toxics hold are lost, what the kernel has is delivered unless `reset`."""
        self._note("proxy", why)
        self.lingers = self.lingers or reset
        for link in self.links:
            link.abandon()
        self._shut(self._client)
        self._shut(self._server)
        self._client = self._server = None
        self._over()

    def record(self, proxy: str) -> Record:
        """What the journal keeps."""
        up, down = [Way(link.sent, link.first, link.last) for link in self.links] or [_NOTHING, _NOTHING]
        by, how = self._ended or (None, None)
        host, port = self._peer
        return Record(
            proxy=proxy,
            client=f"{host}:{port}",
            upstream=self._upstream,
            accepted=self._accepted,
            closed=time.time(),
            dial="given up" if self._dial == "pending" else self._dial,
            dialled=self._dialled,
            up=up,
            down=down,
            closed_by=by,
            how=how,
        )

    def _note(self, side: Side, how: str) -> None:
        self._ended = self._ended or (side, how)

    def _hang_up(self, relay: Relay) -> None:
        """Close the socket at a link's output; the link that reads from it ends."""
        if not self.links:
            return
        up, down = self.links
        other = down if relay is up else up
        other.listen(False)
        if relay is up:
            self._shut(self._server)
            self._server = None
        else:
            self._shut(self._client)
            self._client = None
        other.source_closed()
        if self._server is None and self._client is None:
            for link in self.links:
                link.abandon()
            self._over()

    def _shut(self, one: socket.socket | None) -> None:
        if one is not None:
            if self.lingers:
                with contextlib.suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            one.close()

    def _over(self) -> None:
        gone, self._gone = self._gone, _nothing
        gone(self)


_NOTHING = Way(0, None, None)


def _nothing(_: Connection) -> None:
    """The end was told already."""
