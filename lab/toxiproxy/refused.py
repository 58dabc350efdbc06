"""A call that can't be answered as wished."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.toxiproxy.proxy import Proxy


class Refused(Exception):
    """Status and text of the answer; of populate also the proxies that were made before."""

    def __init__(self, status: int, text: str, proxies: Sequence[Proxy] = ()) -> None:
        super().__init__(text)
        self.status = status
        self.proxies = proxies
