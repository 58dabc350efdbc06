"""reset_data (not in the real server): `bytes` bytes of the stream pass, then both sides get an RST.

Unlike reset_peer it does so on connections that were open before, so a body can be cut while it is under way.
"""

from __future__ import annotations

from lab.toxiproxy.toxics.limit_data import LimitData


class ResetData(LimitData):
    """As limit_data, with a harder end. What the receiver had not taken when the RST came may be lost to it."""

    struct = "ResetDataToxic"

    def reached(self) -> None:
        self.link.reset(f"toxic {self.toxic.name}")
