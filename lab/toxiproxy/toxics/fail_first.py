"""fail_first (not in the real server): the first `connections` that are opened under it are closed at once.

They are accepted, since a proxy can't refuse, and closed before the upstream is dialled: with an RST if `reset` is
not 0. The count begins when the toxic is added and goes on over changes.
"""

from __future__ import annotations

from lab.toxiproxy.toxics.base import Stage, Toxic


class FailFirst(Stage):
    """Passes everything on the connections that got through."""

    fields = ("connections", "reset")
    struct = "FailFirstToxic"

    @classmethod
    def refuses(cls, toxic: Toxic) -> bool:
        return toxic.opened <= toxic.attributes["connections"]
