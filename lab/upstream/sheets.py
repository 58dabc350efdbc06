"""Sheets: what suppliers say of their products, one compressed JSON file each, uploaded by them."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

SUPPLIERS = 5


class Sheets:
    """The folder of uploads; a supplier who uploaded nothing has no file there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, supplier: int) -> Path:
        """Where a supplier's sheet lies."""
        return self._folder / f"supplier-{supplier}.json.z"

    def of(self, product: int) -> Any:
        """What its supplier says of a product; None where that is nothing.

        Raises:
            Exception: whatever a sheet that is none leads to; a note names the file.
        """
        path = self.path(product % SUPPLIERS)
        if not path.exists():
            return None
        try:
            return json.loads(zlib.decompress(path.read_bytes())).get(str(product))
        except Exception as error:
            error.add_note(f"in the sheet {path.name}, as its supplier uploaded it")
            raise


def packed(says: dict[str, Any]) -> bytes:
    """A sheet as it is uploaded: product → what is said of it."""
    return zlib.compress(json.dumps(says, ensure_ascii=False).encode())
