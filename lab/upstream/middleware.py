"""What surrounds every handler: the request's id, its log lines, the faults in force, and errors as JSON."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

from lab.upstream.call import Call, Refused, attach, elapsed_ms, error_answer
from lab.upstream.faults.active import Active
from lab.upstream.journal import Journal
from lab.upstream.store import PoolTimeout
from lab.upstream.traces import trace_of

_PLAIN = re.compile(r"[!-~]{1,128}")
_INCOMPLETE = (ConnectionError, HttpProcessingError, ClientPayloadError, web.RequestPayloadError)


def lifecycle(
    journal: Journal, faults: Active, pool: Callable[[], Mapping[str, Any]], pool_timeout: float
) -> Middleware:
    """The middleware of an application.

    A request is logged as started once its head and body were read, and as finished when its answer is ready to
    be sent; that is so too when whoever asked has hung up meanwhile (`client_gone`), because a handler is not
    stopped by it. `in_flight` counts the requests that are being handled at that moment, this one among them.

    Args:
        journal: the application's log.
        faults: those in force.
        pool: the readings of the connection pool that a finished request is logged with.
        pool_timeout: seconds that a query waits for a connection.
    """
    in_flight = 0

    @web.middleware
    async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonlocal in_flight
        in_flight += 1
        try:
            return await handle(request, handler)
        finally:
            in_flight -= 1

    async def handle(request: web.Request, handler: Handler) -> web.StreamResponse:
        call = Call(_request_id(request), request.match_info.route.name, request.method, request.raw_path)
        attach(request, call)
        try:
            await request.read()
            call.begin()
            journal.write("request.started", **call.names)
            response = await faults.around(call, lambda: handler(request))
        except Exception as error:
            response = _failed(journal, call, error, pool_timeout, {"in_flight": in_flight, **pool()})
        response.headers["X-Request-Id"] = call.rid
        gone = request.transport is None or request.transport.is_closing()
        journal.write(
            "request.finished",
            level="info" if response.status < 400 else "warning" if response.status < 500 else "error",
            **call.names,
            status=response.status,
            ms=elapsed_ms(call.begun),
            in_flight=in_flight,
            **pool(),
            **({} if call.error is None else {"error": call.error}),
            **({} if call.pool_wait_ms is None else {"pool_wait_ms": call.pool_wait_ms}),
            **({} if call.query_ms is None else {"query_ms": call.query_ms}),
            **({"client_gone": True} if gone else {}),
        )
        return response

    return around


def _failed(
    journal: Journal, call: Call, error: Exception, pool_timeout: float, readings: Mapping[str, Any]
) -> web.Response:
    """The answer to a request whose handling raised; `readings` of the pool belong to its timeout's line."""
    match error:
        case Refused():
            return error_answer(call, error.status, error.error, error.headers)
        case PoolTimeout():
            journal.write("db.pool_timeout", level="error", **call.names, **readings, error=str(error))
            return error_answer(call, 503, f"no database connection within {pool_timeout:.1f} s")
        case web.HTTPRequestEntityTooLarge():
            return error_answer(call, 413, "the body is too large")
        case web.HTTPException():
            allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
            return error_answer(call, error.status, error.reason.lower(), allow)
        case NotImplementedError():
            return error_answer(call, 501, str(error))
        case _ if not call.read and isinstance(error, _INCOMPLETE):
            return error_answer(call, 400, "the body is incomplete")
        case _:
            text = f"{type(error).__name__}: {error}"
            took = {} if call.query_ms is None else {"query_ms": call.query_ms}
            journal.write("exception", level="error", **call.names, **took, error=text, traceback=trace_of(error))
            return error_answer(call, 500, "internal server error")


def _request_id(request: web.Request) -> str:
    """The id that the request brought; a new one when there is none or it can't stand in a header."""
    brought = request.headers.get("X-Request-Id", "")
    return brought if _PLAIN.fullmatch(brought) else uuid.uuid4().hex
