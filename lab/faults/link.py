"""Faults on the way between two hops. Each is a toxic on the link to a hop; `to` says which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from lab.catalog.model import Model
from lab.engines.base import Stack, Stream


class LinkFault(Model):
    """What the faults of a link have in common: a toxic, on one stream or on both."""

    name: ClassVar[str]
    needs: ClassVar[frozenset[str]] = frozenset({"link"})
    toxic: ClassVar[str]

    to: str
    """The hop behind the link."""
    streams: tuple[Stream, ...] = Field(("downstream",), min_length=1)
    """`upstream` is the way of the requests, `downstream` that of the answers."""

    @property
    def kills(self) -> tuple[str, ...]:
        return ()

    def attributes(self, stack: Stack) -> Mapping[str, int]:
        """The toxic's attributes as they are at first, in Toxiproxy's units."""
        raise NotImplementedError

    async def inject(self, stack: Stack) -> None:
        link = stack.link(self.to)
        for stream in self.streams:
            await link.add(self.called(stream), self.toxic, self.attributes(stack), stream=stream)

    async def restore(self, stack: Stack) -> None:
        for stream in self.streams:
            await stack.link(self.to).remove(self.called(stream))

    def called(self, stream: Stream) -> str:
        """The name of its toxic on a stream; no other fault uses it."""
        return f"{self.name}-{stream}"


class Growing(LinkFault):
    """A fault that is there at once, or comes bit by bit: from `grows_from`, in `over` seconds, by equal factors."""

    attribute: ClassVar[str]
    """The attribute of the toxic that changes."""

    grows_from: float | None = Field(None, gt=0)
    """In the unit of the value that it grows to."""
    over: float = Field(0.0, ge=0, le=120)

    @model_validator(mode="after")
    def _both_or_none(self) -> Growing:
        if (self.grows_from is None) != (self.over == 0):
            raise ValueError("grows_from and over go together")
        return self

    @property
    def final(self) -> float:
        """What it grows to."""
        raise NotImplementedError

    def level(self, stack: Stack, value: float) -> int:
        """A value as the toxic's attribute."""
        raise NotImplementedError

    def attributes(self, stack: Stack) -> Mapping[str, int]:
        return {self.attribute: self.level(stack, self.final if self.grows_from is None else self.grows_from)}

    async def inject(self, stack: Stack) -> None:
        await super().inject(stack)
        if self.grows_from is not None:
            first, last = self.level(stack, self.grows_from), self.level(stack, self.final)
            for stream in self.streams:
                stack.link(self.to).drift(self.called(stream), self.attribute, first, last, self.over)


class Latency(Growing):
    """All that passes arrives later."""

    name: ClassVar[str] = "latency"
    toxic: ClassVar[str] = "latency"
    attribute: ClassVar[str] = "latency"

    of_read_timeout: float = Field(gt=0, le=10)
    """By how many times the gateway's read timeout."""

    @property
    def final(self) -> float:
        return self.of_read_timeout

    def level(self, stack: Stack, value: float) -> int:
        return max(1, round(1000 * value * float(stack.conf["read_timeout"])))


class Jitter(LinkFault):
    """What passes arrives later by a random time, drawn anew for each piece."""

    name: ClassVar[str] = "jitter"
    toxic: ClassVar[str] = "latency"

    of_read_timeout: float = Field(gt=0, le=10)
    """Up to how many times the gateway's read timeout."""

    def attributes(self, stack: Stack) -> Mapping[str, int]:
        # Toxiproxy draws from latency ± jitter, and what would be negative is no wait.
        half = max(1, round(500 * self.of_read_timeout * float(stack.conf["read_timeout"])))
        return {"latency": half, "jitter": half}


class Bandwidth(Growing):
    """The way is narrow."""

    name: ClassVar[str] = "bandwidth"
    toxic: ClassVar[str] = "bandwidth"
    attribute: ClassVar[str] = "rate"

    kb_in_read_timeout: float = Field(gt=0)
    """Kilobytes (of 1000 bytes) that pass within the gateway's read timeout."""

    @property
    def final(self) -> float:
        return self.kb_in_read_timeout

    def level(self, stack: Stack, value: float) -> int:
        return max(1, round(value / float(stack.conf["read_timeout"])))


class SlowClose(LinkFault):
    """The end of a connection arrives late."""

    name: ClassVar[str] = "slow-close"
    toxic: ClassVar[str] = "slow_close"

    seconds: float = Field(gt=0)

    def attributes(self, stack: Stack) -> Mapping[str, int]:
        return {"delay": round(1000 * self.seconds)}


class Timeout(LinkFault):
    """No data pass, and after `seconds` the connection is closed; 0: never.

    The other side's close passes. An api that closes after each answer so gives a 502 on the `downstream`, at once;
    silence takes the `upstream`, where the request does not arrive.
    """

    name: ClassVar[str] = "timeout"
    toxic: ClassVar[str] = "timeout"

    seconds: float = Field(0.0, ge=0)

    def attributes(self, stack: Stack) -> Mapping[str, int]:
        return {"timeout": round(1000 * self.seconds)}


class Reset(LinkFault):
    """Connections are reset (RST) `seconds` after their first data."""

    name: ClassVar[str] = "reset"
    toxic: ClassVar[str] = "reset_peer"

    seconds: float = Field(0.0, ge=0)

    def attributes(self, stack: Stack) -> Mapping[str, int]:
        return {"timeout": round(1000 * self.seconds)}


class Slicer(LinkFault):
    """Data arrive in pieces of about `bytes`, with `wait` seconds between two."""

    name: ClassVar[str] = "slicer"
    toxic: ClassVar[str] = "slicer"

    bytes: int = Field(gt=1)
    wait: float = Field(0.0, ge=0)

    def attributes(self, stack: Stack) -> Mapping[str, int]:
        return {"average_size": self.bytes, "size_variation": self.bytes // 4, "delay": round(1e6 * self.wait)}


class Limit(LinkFault):
    """A connection is closed once so many bytes have passed."""

    name: ClassVar[str] = "limit"
    toxic: ClassVar[str] = "limit_data"

    bytes: int = Field(ge=0)

    def attributes(self, stack: Stack) -> Mapping[str, int]:
        return {"bytes": self.bytes}


class Down(Model):
    """The near end of the link is closed: connections are cut, and new ones refused."""

    name: ClassVar[str] = "down"
    needs: ClassVar[frozenset[str]] = frozenset({"link"})

    to: str

    @property
    def kills(self) -> tuple[str, ...]:
        return ()

    async def inject(self, stack: Stack) -> None:
        await stack.link(self.to).up(False)

    async def restore(self, stack: Stack) -> None:
        await stack.link(self.to).up(True)
