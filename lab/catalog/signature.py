"""Signatures: what a mechanism shows in the logs, and what tells it from its look-alikes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from lab.catalog.fact import Fact
from lab.catalog.model import Model

Reasons = Mapping[str, str]
"""Accepted value → why it is a good answer."""


class Signature(Model):
    """One mechanism, as it is seen from outside.

    The accepted answers stand here because they follow from the mechanism; a scenario overrides what differs.
    """

    mechanism: str
    rows: tuple[str, ...] = ()
    """The measured rows of the nginx catalogue on which it rests."""
    status: tuple[int | Literal["none"], ...]
    """What a client gets; `none` where no status arrives."""
    layer: Reasons
    written_by: Reasons
    fault_at: Reasons
    next_step: Reasons
    shows: tuple[str, ...] = Field(min_length=1)
    """Ids of facts that are all there when this is the mechanism."""
    lacks: tuple[str, ...] = ()
    """Ids of facts that are not there when this is the mechanism."""
    lookalikes: Mapping[str, tuple[str, ...]] = {}
    """Mechanism that looks the same → the facts, any of which separates this one from it."""
    responsible: str = ""
    check_first: str = ""
    """One sentence for the person on call."""


class Signatures(Model):
    """All facts and signatures, from all files."""

    facts: Mapping[str, Fact]
    by_mechanism: Mapping[str, Signature]

    def shows(self, mechanism: str) -> tuple[Fact, ...]:
        """The facts that a mechanism shows."""
        return tuple(self.facts[id_] for id_ in self.by_mechanism[mechanism].shows)


class SignatureFile(Model):
    """One file under `nginx/signatures/`."""

    format_version: Literal[1]
    facts: tuple[Fact, ...] = ()
    signatures: tuple[Signature, ...] = ()
