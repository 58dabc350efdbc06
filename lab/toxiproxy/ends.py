"""What a relay tells the one who owns its sockets."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lab.toxiproxy.relay import Relay


class Ends(Protocol):
    """Who owns the two sockets."""

    def source_over(self, relay: Relay, how: str) -> None:
        """No more will come: `fin`, `rst`, or the name of an errno."""
        ...

    def delivered(self, relay: Relay) -> None:
        """Everything, and the end behind it, has gone to the sink."""
        ...

    def sink_failed(self, relay: Relay, how: str) -> None:
        """The sink takes no more."""
        ...


def name_of(error: OSError) -> str:
    """A socket's error in the journal's words."""
    if error.errno == errno.ECONNRESET:
        return "rst"
    return errno.errorcode.get(error.errno or 0, "error")
