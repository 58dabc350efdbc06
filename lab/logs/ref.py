"""References: how a piece of evidence is named."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lab.errors import LabError

LOOKS = "looks.log"
_LOG = r"[A-Za-z0-9_-]+/[A-Za-z0-9_-]+\.log"
_LINE = re.compile(rf"(?:logs/)?(?P<log>{_LOG}|{re.escape(LOOKS)}):(?P<n>[0-9]{{1,9}})")
_ABSENCE = re.compile(rf"absent:(?:logs/)?(?P<log>{_LOG})@(?P<rid>\S+)")


@dataclass(frozen=True, slots=True)
class LineRef:
    """A log line: `gateway/error.log:17`."""

    log: str
    n: int

    def __str__(self) -> str:
        return f"{self.log}:{self.n}"


@dataclass(frozen=True, slots=True)
class LookRef:
    """A recorded look: `looks.log:4`."""

    n: int

    def __str__(self) -> str:
        return f"{LOOKS}:{self.n}"


@dataclass(frozen=True, slots=True)
class AbsenceRef:
    """The lack of a line: `absent:api-1/app.log@REQUEST_ID`."""

    log: str
    rid: str

    def __str__(self) -> str:
        return f"absent:{self.log}@{self.rid}"


Ref = LineRef | LookRef | AbsenceRef


def parse_ref(text: str) -> Ref:
    """The reference that `text` writes out.

    Raises:
        LabError: usage, when it is none of the three forms.
    """
    said = text.strip()
    if found := _ABSENCE.fullmatch(said):
        return AbsenceRef(found["log"], found["rid"])
    found = _LINE.fullmatch(said)
    if found and int(found["n"]) > 0:
        n = int(found["n"])
        return LookRef(n) if found["log"] == LOOKS else LineRef(found["log"], n)
    raise LabError(f"{said!r} names no piece of evidence.", _cure(said), code=2)


def _cure(said: str) -> str:
    if said.startswith("absent:"):
        return "An absence is written absent:api-1/app.log@REQUEST_ID."
    if _LINE.fullmatch(said):
        return "Lines are counted from 1."
    if re.fullmatch(rf"(?:logs/)?{_LOG}", said):
        return f"Add the number of the line: {said}:17."
    return "Write gateway/error.log:17, looks.log:4 or absent:api-1/app.log@REQUEST_ID."
