"""A file that answers are made of is not as it was."""

from __future__ import annotations

from lab.upstream.faults import override
from lab.upstream.faults.base import Application, Fault, shop_of
from lab.upstream.faults.params import Params
from lab.upstream.templates import TEMPLATES

HOW = ("denied", "gone", "changed")


class Template(Fault):
    """`of`, `how`: whose text it is, and what became of it.

    It may not be read by anybody (`denied`), it is not there (`gone`), or it asks for a value that nobody gives
    (`changed`).
    """

    name = "template"

    def __init__(self, params: Params, application: Application) -> None:
        _, files = shop_of(application, self.name)
        self._route = params.choice("of", TEMPLATES)
        self._path = files.templates.path(self._route)
        self._how = params.choice("how", HOW)

    def put_in(self) -> None:
        """It happens to the file."""
        if self._how == "denied":
            self._path.chmod(0)
            override.give_up()
        elif self._how == "gone":
            self._path.rename(self._path.with_suffix(".gone"))
        else:
            self._path.write_text(f"{TEMPLATES[self._route].rstrip()} VAT included: $vat.\n")

    def taken_out(self) -> None:
        """It is as it was."""
        if self._how == "denied":
            override.take_back()
            self._path.chmod(0o644)
        elif self._how == "gone":
            self._path.with_suffix(".gone").rename(self._path)
        else:
            self._path.write_text(TEMPLATES[self._route], newline="")
