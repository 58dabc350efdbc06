"""What a trainee did without asking the round's supervisor, written down all the same."""

from __future__ import annotations

import contextlib
import shlex
import sys

from lab.errors import LabError
from lab.round import client


def note(found: client.RoundClient) -> None:
    """Keep the command in hand in the round's journal; a round that is over has none to keep it in."""
    with contextlib.suppress(LabError):
        found.call("journal", did=shlex.join(["lab", *sys.argv[1:]]))
