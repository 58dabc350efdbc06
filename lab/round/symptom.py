"""The symptom: which exchange of a client shows the failure, so that the brief can name its request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from lab.catalog.scenario import Scenario
from lab.catalog.signature import Signatures
from lab.catalog.vocabulary import nearest
from lab.errors import LabError
from lab.logs.line import Line
from lab.logs.trace import trace
from lab.traffic.exchange import Exchange

_WRITTEN_WITHIN = 0.1
"""Seconds in which nginx writes the lines of a request that was answered."""


class Symptom:
    """Looks through what clients got for the exchange that shows the failure.

    Args:
        scenario: says what it is.
        signatures: say what its lines must show.
        draws: what the round drew; `complainer` is added, the address of the client that is looked at.
        lines: reads all lines of the round.
    """

    def __init__(
        self,
        scenario: Scenario,
        signatures: Signatures,
        draws: dict[str, Any],
        lines: Callable[[], Sequence[Line]],
    ) -> None:
        self._scenario = scenario
        named = scenario.symptom.shows
        if named and named not in signatures.facts:
            place = f"Scenario {scenario.id}: symptom.shows: there is no fact {named!r}."
            raise LabError(place, nearest(named, signatures.facts, see="The facts stand in nginx/signatures"), code=2)
        self._facts = (signatures.facts[named],) if named else signatures.shows(scenario.mechanism)
        self._draws = draws
        self._lines = lines
        self._seen: asyncio.Queue[Exchange] = asyncio.Queue(maxsize=1000)
        self.statuses = (
            scenario.symptom.status or scenario.key.status or signatures.by_mechanism[scenario.mechanism].status
        )
        """What the client gets; `none` where no status arrives."""

    @property
    def route(self) -> str | None:
        """The route on which it shows; None for any."""
        route = self._scenario.symptom.route
        if route.startswith("$"):
            route = str(self._draws.get(route[1:], "any"))
        return None if route == "any" else route

    @property
    def probed(self) -> str | None:
        """The route, where the client gets a good status or is refused, so that only the body tells more."""
        harmless = all(isinstance(status, int) and status < 500 for status in self.statuses)
        return self.route if harmless else None

    def saw(self, exchange: Exchange) -> None:
        """Take up what a client got. What comes faster than it is looked at is let go."""
        if not self._seen.full():
            self._seen.put_nowait(exchange)

    async def find(self, ask: Callable[[str], Awaitable[Any]], deadline: float) -> Exchange:
        """The first exchange that shows the failure, and in whose own lines its cause shows.

        Args:
            ask: sends a request of a route, whose exchange comes to `saw`. Not used where it shows on any route, or
                where it is a certain client's own.
            deadline: on the monotonic clock, in seconds.

        Raises:
            LabError: when none came in time.
        """
        asking = asyncio.create_task(self._ask(ask))
        try:
            while True:
                try:
                    exchange = await asyncio.wait_for(self._seen.get(), deadline - time.monotonic())
                except TimeoutError:
                    wanted = " or ".join(str(status) for status in self.statuses)
                    raise LabError(
                        f"The failure was not seen: no client got {wanted} on {self.route or 'any route'}.",
                        "The round's logs tell what clients got instead.",
                        code=3,
                    ) from None
                if self._is_it(exchange) and await self._shows_cause(exchange):
                    return exchange
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _ask(self, ask: Callable[[str], Awaitable[Any]]) -> None:
        while self.route and not self._scenario.decoy:
            # A request that is cut off would be in the logs as one of a client that gave up.
            await asyncio.shield(ask(self.route))
            await asyncio.sleep(0.05)

    def _is_it(self, exchange: Exchange) -> bool:
        """Whether a client got what the scenario says."""
        status = "none" if exchange.status is None else exchange.status
        return (
            status in self.statuses
            and self.route in (None, exchange.route)
            and self._scenario.decoy in ("", exchange.actor)
        )

    async def _shows_cause(self, exchange: Exchange) -> bool:
        """Whether the request's own lines have a fact of the signature.

        A moment later the same status may have another cause: a crash gives 502, and so does the port that is
        closed until the restart. nginx writes its lines after the client has its answer, so they are waited for.
        """
        self._draws["complainer"] = exchange.client
        draws = {**self._draws, "request_id": exchange.rid}
        deadline = time.monotonic() + _WRITTEN_WITHIN
        while True:
            pieces = trace(self._lines(), exchange.rid)
            if any(fact.shown_by(piece, draws) for piece in pieces for fact in self._facts):
                return True
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.005)
