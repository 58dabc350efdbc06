"""A connection that is kept open, and closed as it is used again."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from lab.upstream.call import Call
from lab.upstream.faults.base import Application, Fault, Proceed
from lab.upstream.faults.params import Params


class HangUpReused(Fault):
    """`every`: after every so many-th answer the connection stays open, and is closed when the next request arrives.

    That is what a peer sees of a server whose limit for idle connections runs out while a request is on its way.
    """

    name = "hang-up-reused"

    def __init__(self, params: Params, application: Application) -> None:
        self._every = params.whole("every", 1, 1000)
        self._answers = 0
        self.over = False

    def taken_out(self) -> None:
        """Connections that wait for their next request serve it again."""
        self.over = True

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Handle it, and note what is to become of its connection."""
        answer = await proceed()
        self._answers += 1
        if self._answers % self._every == 0 and isinstance(answer, web.Response):
            return _Last(answer, self)
        return answer


class _Last(web.Response):
    """The last answer on its connection, which does not say so."""

    def __init__(self, answer: web.Response, fault: HangUpReused) -> None:
        super().__init__(status=answer.status, reason=answer.reason, headers=answer.headers, body=answer.body)
        self._fault = fault

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Begin to send it; from now on nobody listens to what comes."""
        if isinstance(request.transport, asyncio.Transport) and request.keep_alive:
            protocol = request.transport.get_protocol()
            assert isinstance(protocol, asyncio.Protocol)
            request.transport.set_protocol(_Deaf(request.transport, protocol, self._fault))
        return await super().prepare(request)


class _Deaf(asyncio.Protocol):
    """Closes a connection on which something arrives, and passes on all else."""

    def __init__(self, transport: asyncio.Transport, served: asyncio.Protocol, fault: HangUpReused) -> None:
        self._transport = transport
        self._served = served
        self._fault = fault

    def data_received(self, data: bytes) -> None:
        # What arrived was read, so that this closes with FIN and not with RST.
        if self._fault.over:
            self._served.data_received(data)
        else:
            self._transport.close()

    def eof_received(self) -> bool | None:
        return self._served.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._served.connection_lost(exc)

    def pause_writing(self) -> None:
        self._served.pause_writing()

    def resume_writing(self) -> None:
        self._served.resume_writing()
