"""The connect to an upstream, which is resolved anew each time and may take as long as the kernel is patient."""

from __future__ import annotations

import asyncio
import errno
import socket

from lab.toxiproxy.address import BadAddress, Place, resolve
from lab.toxiproxy.journal import Dial

_OUTCOMES: dict[int, Dial] = {errno.ECONNREFUSED: "refused", errno.ETIMEDOUT: "timed out"}


class DialError(Exception):
    """The upstream could not be reached; `outcome` says why in the journal's words."""

    def __init__(self, outcome: Dial, why: str) -> None:
        super().__init__(why)
        self.outcome: Dial = outcome


async def dial(upstream: str) -> socket.socket:
    """A connected socket that does not block.

    Raises:
        DialError: no place that the upstream's name means could be connected to.
    """
    try:
        places = await resolve(upstream)
    except BadAddress as wrong:
        raise DialError("unresolved", str(wrong)) from None
    if not places[0].host:
        places = [Place("127.0.0.1", places[0].port), Place("::1", places[0].port)]
    error: OSError | None = None
    for place in places:
        try:
            return await _connect(place)
        except OSError as failed:
            error = error or failed
    assert error is not None
    raise DialError(_OUTCOMES.get(error.errno or 0, "unreachable"), str(error))


async def _connect(place: Place) -> socket.socket:
    connection = socket.socket(socket.AF_INET6 if ":" in place.host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, (place.host, place.port))
    except BaseException:
        connection.close()
        raise
    return connection


def tune(connection: socket.socket) -> None:
    """No waiting for more to send, and probes after 15 s of silence, as the real server has it."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL"):
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), 15)
