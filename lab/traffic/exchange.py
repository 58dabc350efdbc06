"""One request and what the client saw of its answer. A network failure is a result here, never an exception."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import NamedTuple

from lab.traffic.request import Request
from lab.traffic.talk import Failure, Talk


class Phases(NamedTuple):
    """Seconds since the exchange began at which each phase was over, as curl's `time_*` count them.

    None for a phase that was not reached. `dns` is 0 for a numeric address; `tls` is None without TLS.
    """

    dns: float | None
    tcp: float | None
    tls: float | None
    first_byte: float | None
    total: float


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a client saw.

    Attributes:
        at: when it began, seconds since the epoch.
        actor: `shopper`, `probe`, or the name of a noise actor.
        client: the source address that was bound, or None.
        rid, method, path, route: of the request.
        status, reason: of the answer; None where no whole header came.
        errno: the number of the socket's error (111, 104, …), or None. A connect that the client gave up has 110,
            which is what the kernel would have said in the end; giving up later has none.
        error: one word or two: `refused`, `reset`, `timeout`, `empty reply`, `truncated`, `not http`,
            `bad header`, `bad body`, `unreachable`, `no address`, `unresolved`, `failed`; None when all is well.
        detail: the same as a sentence, which says in which phase it happened.
        phases: see `Phases`.
        headers: pairs with names in lower case, in the order of the answer.
        body: its first 64 KiB.
        bytes: of the body, all that came.
        complete: whether the answer ended as it announced.
    """

    at: float
    actor: str
    client: str | None
    rid: str
    method: str
    path: str
    route: str | None
    status: int | None
    reason: str | None
    errno: int | None
    error: str | None
    detail: str | None
    phases: Phases
    headers: tuple[tuple[str, str], ...]
    body: bytes
    bytes: int
    complete: bool

    def header(self, name: str) -> str | None:
        """The value of the first header of that name (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


async def exchange(
    address: tuple[str, int],
    request: Request,
    *,
    source: str | None = None,
    timeout: float = 10.0,
    patience: float | None = None,
    actor: str = "shopper",
) -> Exchange:
    """Send `request` to a numeric address, on a connection of its own, and say what came of it.

    Args:
        address: host and port.
        request: what to send.
        source: the address to send from.
        timeout: seconds for everything.
        patience: seconds after the request was sent in which the whole answer must be there; the client hangs
            up then. For clients that give up early on a request that did arrive.
        actor: who sends it.
    """
    talk = Talk(address, request)
    failure: Failure | None = None
    at = time.time()
    try:
        await talk.run(source, timeout, patience)
    except Failure as caught:
        failure = caught
    answer = talk.answer
    return Exchange(
        at=at,
        actor=actor,
        client=source,
        rid=request.rid,
        method=request.method,
        path=request.path,
        route=request.route,
        status=answer.status,
        reason=answer.reason,
        errno=failure.number if failure else None,
        error=failure.error if failure else None,
        detail=failure.detail if failure else None,
        phases=Phases(0.0 if talk.numeric else None, talk.tcp, None, talk.first_byte, talk.clock()),
        headers=answer.headers,
        body=answer.body,
        bytes=answer.bytes,
        complete=answer.complete,
    )
