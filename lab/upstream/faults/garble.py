"""Something else than HTTP answers."""

from __future__ import annotations

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.params import Params
from lab.upstream.faults.wire import OnTheWire, Wire

GREETINGS = {
    "ssh": b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n",
    "smtp": b"220 mail.shop.example ESMTP Postfix\r\n",
    "redis": b"-ERR unknown command 'GET', with args beginning with: \r\n",
    "rtsp": b"RTSP/1.0 400 Bad Request\r\nCSeq: 0\r\n\r\n",
}
"""What servers of other protocols say to whoever asks them."""


class Garble(Fault):
    """`route`, `speaks`: that route is answered in the words of another protocol, and the connection is closed."""

    name = "garble"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.route(application.routes)
        self._greeting = GREETINGS[params.choice("speaks", GREETINGS)]

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Say something else, if it is the route."""
        answer = await proceed()
        return OnTheWire(answer, self._send) if concerns(self._route, call) else answer

    async def _send(self, wire: Wire) -> None:
        wire.write(self._greeting)
