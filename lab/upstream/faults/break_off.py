"""An answer that breaks off: before it begins, in its header or in its body."""

from __future__ import annotations

import asyncio

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed, concerns
from lab.upstream.faults.params import BadParams, Params
from lab.upstream.faults.wire import OnTheWire, Wire

PLACES = ("start", "header", "body", "chunks")
ENDS = ("fin", "reset", "stall")
LEAST = 30_000
"""Bytes of a body that are sent before it breaks off; of less, a gateway that buffers may pass nothing on."""
_CHUNK = 8192
_POLL = 0.02


class BreakOff(Fault):
    """`route`, `at`, `by`, `share`: good answers of that route are sent so far and no further.

    `at` is `start` (nothing is sent), `header` (the middle of one), `body` (that share of it, below its
    Content-Length) or `chunks` (likewise, in the middle of a chunk). `by` says how it ends: the connection is closed
    (`fin`) or `reset`, or nothing more happens (`stall`).
    """

    name = "break-off"

    def __init__(self, params: Params, application: Application) -> None:
        self._route = params.route(application.routes)
        self._at = params.choice("at", PLACES)
        self._by = params.choice("by", ENDS)
        self._share = params.number("share", 0, 1)
        self._over = False
        if self._share == 1:
            raise BadParams("break-off: share is 1; expected less, or nothing breaks off")

    def taken_out(self) -> None:
        """What stalls is closed."""
        self._over = True

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Have the answer break off, if it is the route."""
        answer = await proceed()
        return OnTheWire(answer, self._send) if concerns(self._route, call) and answer.status < 400 else answer

    async def _send(self, wire: Wire) -> None:
        wire.write(self._part(wire))
        if self._at != "start":
            await wire.arrived()
        match self._by:
            case "reset":
                wire.reset()
            case "stall":
                while not (self._over or wire.gone):  # noqa: ASYNC110 - a transport sets no event
                    await asyncio.sleep(_POLL)

    def _part(self, wire: Wire) -> bytes:
        if self._at == "start":
            return b""
        if self._at == "header":
            head = wire.head()
            return head[: len(head) // 2]
        if self._at == "body":
            return wire.head() + part_of(wire.body, self._share)
        chunks = [wire.body[start : start + _CHUNK] for start in range(0, len(wire.body), _CHUNK)]
        framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
        return wire.head({"Transfer-Encoding": "chunked"}) + part_of(framed, self._share)


def part_of(body: bytes, share: float) -> bytes:
    """The first share of a body, `LEAST` if there are so many bytes, and never all of it."""
    return body[: max(0, min(len(body) - 1, max(LEAST, int(len(body) * share))))]
