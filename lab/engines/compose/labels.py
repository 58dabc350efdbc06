"""The labels by which all that belongs to a round can be found, also when nobody is left who knows of it."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = "badgateway.project"
ROUND = "badgateway.round"
FOLDER = "badgateway.folder"
NUMBER = "badgateway.n"
OWNER = "badgateway.uid"
CLIENT = "badgateway.client"
"""Only on the networks of the clients."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Whose something is.

    Attributes:
        round: the round's name.
        folder: its folder, absolute.
        n: the number of its subnet, which a round that lives holds.
    """

    round: str
    folder: Path
    n: int

    @property
    def project(self) -> str:
        """What Compose calls it. Two users, or two homes, may have rounds of the same name on one engine."""
        name = re.sub(r"[^a-z0-9_-]", "-", self.round.lower())
        digest = hashlib.sha256(f"{os.getuid()}:{self.folder}".encode()).hexdigest()
        return f"badgateway-{name}-{digest[:8]}"

    def as_dict(self) -> dict[str, str]:
        """The labels."""
        return {
            PROJECT: self.project,
            ROUND: self.round,
            FOLDER: str(self.folder),
            NUMBER: str(self.n),
            OWNER: str(os.getuid()),
        }
