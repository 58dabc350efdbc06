"""Clients that are noisy or wrong on their own account: their errors are in the logs of a healthy system too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from lab.errors import LabError
from lab.traffic.request import Request
from lab.traffic.routes import ROUTES, USERS, make_request

Make = Callable[[Random, Mapping[str, str], str, str, int], Request]
"""A request from: a generator, the tokens, the request id, the user agent, its number among the actor's (from 0)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A noisy client.

    Attributes:
        name: what client.log calls it.
        agent: its User-Agent.
        rate: its requests per second, on average.
        gaps: the seconds before each of its requests, without end.
        make: makes a request.
        patience: seconds after sending in which it wants the whole answer; None for a patient one.
    """

    name: str
    agent: str
    rate: float
    gaps: Callable[[Random], Iterator[float]]
    make: Make
    patience: float | None = None


def _steady(rate: float) -> Callable[[Random], Iterator[float]]:
    """Gaps of a client that asks `rate` times a second, a little unevenly."""

    def gaps(rng: Random) -> Iterator[float]:
        while True:
            yield rng.uniform(0.8, 1.2) / rate

    return gaps


_BURST, _WITHIN, _BETWEEN = 6, 0.12, 8.0


def _bursts(rng: Random) -> Iterator[float]:
    """Gaps of six requests in quick succession, then some seconds of quiet."""
    yield rng.uniform(0.5, 2.0)
    while True:
        yield from (_WITHIN for _ in range(_BURST - 1))
        yield _BETWEEN * rng.uniform(0.75, 1.25)


def _poll(_: Random, tokens: Mapping[str, str], rid: str, agent: str, n: int) -> Request:
    """A poller that goes through the users' orders, with a token that is out of date."""
    headers = (("User-Agent", agent), ("Accept", "application/json"), ("Authorization", f"Bearer {tokens['expired']}"))
    return Request("GET", f"/orders?user={n % USERS + 1}", headers, b"", "orders", rid)


_SCANNED = (
    "/wp-login.php",
    "/.env",
    "/phpmyadmin/index.php",
    "/.git/config",
    "/admin/config.php",
    "/xmlrpc.php",
    "/wp-admin/setup-config.php",
    "/backup.sql",
    "/server-status",
    "/cgi-bin/luci",
)


def _scan(_: Random, __: Mapping[str, str], rid: str, agent: str, n: int) -> Request:
    """A scanner that asks for what other sites have."""
    return Request("GET", _SCANNED[n % len(_SCANNED)], (("User-Agent", agent), ("Accept", "*/*")), b"", None, rid)


def _hasty(rng: Random, tokens: Mapping[str, str], rid: str, agent: str, n: int) -> Request:
    """An application that gives the slow routes far too little time: three check-outs, then an export."""
    return make_request(ROUTES["export" if n % 4 == 3 else "checkout"], rng, tokens["valid"], rid, agent=agent)


_BROKEN = (
    b'{"product_id": 12, "quantity": }',
    b'{"product_id": 7, "quantity": 2',
    b"{'product_id': 31, 'quantity': 1}",
    b"product_id=5&quantity=1",
)


def _broken_json(rng: Random, tokens: Mapping[str, str], rid: str, agent: str, n: int) -> Request:
    """An integration that puts its JSON together by hand."""
    return replace(
        make_request(ROUTES["order-create"], rng, tokens["valid"], rid, agent=agent), body=_BROKEN[n % len(_BROKEN)]
    )


NOISE: Mapping[str, Actor] = {
    "partner": Actor("partner", "partner-sync/2.3 (python-requests/2.28.1)", 2.0, _steady(2.0), _poll),
    "crawler": Actor("crawler", "Mozilla/5.0 (compatible; netsurvey/0.9)", 0.7, _bursts, _scan),
    # Payments take 40 ms, so a check-out that is given 15 ms is under way when the client hangs up.
    "kiosk": Actor("kiosk", "KioskWidget/1.2 (okhttp/3.14.9)", 0.6, _steady(0.6), _hasty, patience=0.015),
    "importer": Actor("importer", "erp-connector/7.1 (Java/11.0.22)", 0.5, _steady(0.5), _broken_json),
}
"""The noise actors by name. Their order decides which address is whose."""


def actor(name: str) -> Actor:
    """The noise actor of that name.

    Raises:
        LabError: when there is none.
    """
    if name not in NOISE:
        raise LabError(f"There is no noise actor called {name!r}.", f"There are: {', '.join(NOISE)}.", code=2)
    return NOISE[name]


def noise_source(name: str, sources: Sequence[str]) -> str | None:
    """The address of a noise actor: the last ones of the list are theirs. None when there are no addresses."""
    if not sources:
        return None
    from_end = list(NOISE).index(actor(name).name) + 1
    return sources[-min(from_end, max(1, len(sources) - 1))]


def shopper_sources(sources: Sequence[str]) -> tuple[str | None, ...]:
    """The addresses of the ordinary clients, whichever actors are about: all that are nobody else's.

    Where there are no addresses, a None for each of four clients that share the one of the machine.
    """
    if not sources:
        return (None,) * 4
    return tuple(sources[: max(1, len(sources) - len(NOISE))])
