"""One line of one log, and the references by which people and programs name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """A parsed log line.

    Attributes:
        log: the log's reference name, such as `gateway/error.log`.
        n: its number in that log, from 1.
        text: the line as written, without its newline.
        kind: `gateway-access`, `gateway-lab`, `gateway-error`, `app`, `stderr`, `process` or `client`.
        fields: what the parser of that kind read; empty for a line that it could not read.
    """

    log: str
    n: int
    text: str
    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """The name by which the line is cited: `gateway/error.log:17`."""
        return f"{self.log}:{self.n}"


@dataclass(frozen=True, slots=True)
class Look:
    """A recorded look: one `probe`, `inspect` or `mix` that somebody made.

    Attributes:
        n: its number in `looks.log`, from 1.
        what: `probe`, `inspect` or `mix`.
        fields: its readings; a look that has rows keeps them under `rows`, a list of mappings.
        at: seconds since the epoch.
    """

    n: int
    what: str
    fields: Mapping[str, Any]
    at: float

    @property
    def ref(self) -> str:
        """The name by which the look is cited: `looks.log:4`."""
        return f"looks.log:{self.n}"
