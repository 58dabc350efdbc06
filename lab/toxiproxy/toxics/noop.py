"""noop: passes everything on; to see that toxics can be added at all."""

from __future__ import annotations

from lab.toxiproxy.toxics.base import Stage


class Noop(Stage):
    """Does nothing."""
