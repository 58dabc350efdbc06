"""A supplier uploaded a sheet that can't be read."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping

from lab.upstream.faults.base import Application, Fault, shop_of
from lab.upstream.faults.params import Params
from lab.upstream.sheets import SUPPLIERS, packed

_SAYS = {str(n): {"care": "keep dry", "origin": "Übersee"} for n in range(1, 61)}
_TEXT = json.dumps(_SAYS, ensure_ascii=False)
SHAPES: Mapping[str, bytes] = {
    "cut": packed(_SAYS)[:-40],
    "plain": b"product;care;origin\r\n1;keep dry;overseas\r\n",
    "latin-1": zlib.compress(_TEXT.encode("latin-1")),
    "half": zlib.compress(_TEXT[: len(_TEXT) // 2].encode()),
}


class BadSheet(Fault):
    """`supplier`, `shape`: whose sheet it is, and what is wrong with it.

    Its end is missing (`cut`), it isn't compressed (`plain`), it has another encoding (`latin-1`), or it was
    compressed before it was complete (`half`).
    """

    name = "bad-sheet"

    def __init__(self, params: Params, application: Application) -> None:
        _, files = shop_of(application, self.name)
        self._path = files.sheets.path(params.whole("supplier", 0, SUPPLIERS - 1))
        self._content = SHAPES[params.choice("shape", SHAPES)]

    def put_in(self) -> None:
        """It is uploaded."""
        self._path.parent.mkdir(exist_ok=True)
        self._path.write_bytes(self._content)

    def taken_out(self) -> None:
        """It is taken away."""
        self._path.unlink(missing_ok=True)
