"""One request on its way through an application."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(slots=True)
class Call:
    """What is known of a request beside its head and body.

    Attributes:
        rid: the request's id.
        route: the name of its route, None for a path that there is none for.
        method: its method.
        path: its target as it was received, with the query.
        begun: when its head arrived, and once its body was read, when that was; on the performance counter's clock.
        read: whether its body was read.
        pool_wait_ms: how long it waited for database connections; None while it asked for none.
        query_ms: how long its queries took, also those that failed; None while it had none.
        keep: takes the next connection that the request would give back, so that it isn't given back.
        first: what else the request does with its next connection, before its own query and in the same transaction.
        user: whose token it carried.
        error: the sentence with which it was refused, when it was.
    """

    rid: str
    route: str | None
    method: str
    path: str
    begun: float = field(default_factory=time.perf_counter)
    read: bool = False
    pool_wait_ms: float | None = None
    query_ms: float | None = None
    keep: Callable[[Any], None] | None = None
    first: Callable[[sqlite3.Connection], object] | None = None
    user: int | None = None
    error: str | None = None

    def begin(self) -> None:
        """The body was read; the handling begins."""
        self.read = True
        self.begun = time.perf_counter()

    @property
    def names(self) -> dict[str, Any]:
        """What every log line about the request carries."""
        return {"rid": self.rid, "method": self.method, "path": self.path, "route": self.route}


def attach(request: web.Request, call: Call) -> None:
    """Have a request carry its call."""
    request["call"] = call


def call_of(request: web.Request) -> Call:
    """The call that a request carries."""
    call: Call = request["call"]
    return call


def error_answer(call: Call, status: int, error: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """An error as every route gives it: `{"error", "request_id"}`; its sentence goes into the log, too."""
    call.error = error
    return web.json_response({"error": error, "request_id": call.rid}, status=status, headers=headers)


class Refused(Exception):
    """A request that is answered with an error on purpose.

    Args:
        status: the status.
        error: the sentence in the body.
        headers: further headers of the answer.
    """

    def __init__(self, status: int, error: str, **headers: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def elapsed_ms(since: float) -> float:
    """Milliseconds since a reading of the performance counter."""
    return round((time.perf_counter() - since) * 1000, 2)
