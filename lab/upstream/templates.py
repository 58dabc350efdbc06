"""The texts that answers are made of: a file each, read anew every time, so that a change is seen at once."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from lab.upstream.queries import SCAN_COLUMNS

TEMPLATES: Mapping[str, str] = {
    "export": f"{','.join(SCAN_COLUMNS)}\r\n",
    "order-create": "Thank you. Order $order is noted.\n",
    "checkout": "Order $order: $amount $currency received, charge $charge.\n",
}
"""Route → its text as it is delivered."""


class Templates:
    """The files in a folder, which is made with those that are missing.

    Raises:
        OSError: when the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for route, text in TEMPLATES.items():
            # Of several replicas that start together one makes it.
            with contextlib.suppress(FileExistsError), self.path(route).open("x", newline="") as file:
                file.write(text)

    def path(self, route: str) -> Path:
        """Where the text of a route lies."""
        return self._folder / f"{route}.txt"

    def text(self, route: str) -> str:
        """The text of a route.

        Raises:
            OSError: when it can't be read.
        """
        with self.path(route).open(newline="") as file:
            return file.read()
