"""The shop's files, which lie beside its database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab.upstream.ledger import Ledger
from lab.upstream.sheets import Sheets
from lab.upstream.spool import Spool
from lab.upstream.templates import Templates


@dataclass(frozen=True, slots=True)
class Files:
    """All of them."""

    templates: Templates
    ledger: Ledger
    sheets: Sheets
    spool: Spool

    @classmethod
    def beside(cls, database: str) -> Files:
        """Those of the shop with that database.

        Raises:
            OSError: when the folder cannot be written.
        """
        folder = Path(database).parent
        return cls(
            Templates(folder / "templates"),
            Ledger(folder / "ledger.txt"),
            Sheets(folder / "uploads"),
            Spool(folder / "spool"),
        )
