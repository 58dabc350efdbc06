"""Who asks what, and when: everything that the seed decides about the traffic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from lab.traffic.actors import actor, noise_source, shopper_sources
from lab.traffic.request import Request
from lab.traffic.routes import AGENTS, ROUTES, make_request, request_id

SHOPPER = "shopper"
"""The actor of ordinary traffic."""


class Planned(NamedTuple):
    """A request to come.

    Attributes:
        gap: seconds between the one before it and this one: for a shopper at one request a second in total,
            for a noise actor at its own full pace.
        actor: who asks.
        client: the source address, or None.
        request: what is asked.
        patience: see `lab.traffic.exchange.exchange`.
    """

    gap: float
    actor: str
    client: str | None
    request: Request
    patience: float | None = None


def generator(seed: int | str, purpose: str) -> Random:
    """A generator of its own for each purpose, so that one draw more for one does not shift the others."""
    return Random(f"traffic {seed} {purpose}")


def shoppers(
    seed: int | str, sources: Sequence[str], tokens: Mapping[str, str], *, routes: Iterable[str] | None = None
) -> Iterator[Planned]:
    """The requests of the ordinary clients, without end, or as many as `routes` names.

    The same arguments give the same gaps, clients, routes, paths, bodies and request ids. Without `routes` each
    route is drawn by its weight.
    """
    when, which, what, ids = (generator(seed, purpose) for purpose in ("gaps", "choices", "paths", "ids"))
    places = shopper_sources(sources)
    for name in _drawn(seed) if routes is None else routes:
        place = which.randrange(len(places))
        agent = AGENTS[place % len(AGENTS)]
        request = make_request(ROUTES[name], what, tokens.get("valid"), request_id(ids), agent=agent)
        yield Planned(when.uniform(0.4, 1.6), SHOPPER, places[place], request)


def noise_requests(name: str, seed: int, sources: Sequence[str], tokens: Mapping[str, str]) -> Iterator[Planned]:
    """The requests of one noise actor, without end.

    Raises:
        LabError: when there is no such actor.
    """
    who = actor(name)
    client = noise_source(name, sources)
    when, what, ids = (generator(seed, f"{name} {purpose}") for purpose in ("gaps", "paths", "ids"))
    for n, gap in enumerate(who.gaps(when)):
        request = who.make(what, tokens, request_id(ids), who.agent, n)
        yield Planned(gap, name, client, request, who.patience)


def _drawn(seed: int | str) -> Iterator[str]:
    """Route names by weight, without end."""
    rng = generator(seed, "routes")
    names = list(ROUTES)
    weights = [route.weight for route in ROUTES.values()]
    while True:
        yield rng.choices(names, weights)[0]
