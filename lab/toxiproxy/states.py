"""What a server says of its proxies and toxics, read at the edge. `Nonsense` is raised for what none would say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

Stream = Literal["upstream", "downstream"]


class Nonsense(ValueError):
    """An answer that no Toxiproxy gives."""


@dataclass(frozen=True, slots=True)
class ToxicState:
    """A toxic as its server has it.

    Attributes:
        name, type: as given, or as the server named it.
        stream: `upstream` is what clients send, `downstream` what they get.
        toxicity: the part of the connections that it acts on.
        attributes: all of its type; units as in docs/toxiproxy.md.
    """

    name: str
    type: str
    stream: Stream
    toxicity: float
    attributes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ProxyState:
    """A proxy as its server has it.

    Attributes:
        name: as given.
        listen: `host:port`; once it was started the bound address, with the port that was taken for 0.
        upstream: as written.
        enabled: whether it listens.
        toxics: first those upstream, then those downstream, each in order of creation.
    """

    name: str
    listen: str
    upstream: str
    enabled: bool
    toxics: tuple[ToxicState, ...]


def nothing(given: Any) -> None:
    """The answer of a call that says nothing."""
    if given is not None:
        raise Nonsense


def version(given: Any) -> str:
    """What the server calls itself."""
    match given:
        case {"version": str(version)}:
            return version
    raise Nonsense


def proxies(given: Any) -> dict[str, ProxyState]:
    """The list of all, by name."""
    if not isinstance(given, dict):
        raise Nonsense
    return {name: proxy(value) for name, value in given.items()}


def populated(given: Any) -> tuple[ProxyState, ...]:
    """What populate made or found."""
    match given:
        case {"proxies": None}:
            return ()
        case {"proxies": list(listed)}:
            return tuple(proxy(value) for value in listed)
    raise Nonsense


def proxy(given: Any) -> ProxyState:
    """One proxy."""
    match given:
        case {"name": str(name), "listen": str(listen), "upstream": str(upstream), "enabled": bool(enabled)}:
            return ProxyState(name, listen, upstream, enabled, toxics(given.get("toxics")))
    raise Nonsense


def toxics(given: Any) -> tuple[ToxicState, ...]:
    """The toxics of a proxy."""
    if not isinstance(given, list):
        raise Nonsense
    return tuple(toxic(value) for value in given)


def toxic(given: Any) -> ToxicState:
    """One toxic."""
    match given:
        case {
            "name": str(name),
            "type": str(type_),
            "stream": str(stream),
            "toxicity": int() | float() as toxicity,
            "attributes": dict(attributes),
        } if (way := stream.lower()) in ("upstream", "downstream"):
            # A bool is an int to Python, and not to Toxiproxy.
            if not isinstance(toxicity, bool) and all(type(value) is int for value in attributes.values()):
                return ToxicState(name, type_, cast(Stream, way), float(toxicity), attributes)
    raise Nonsense
