"""One request across all hops."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from lab.logs.line import Line

NAMES_REQUESTS = ("gateway-lab", "gateway-access", "gateway-error", "app", "client")
"""Kinds of logs whose lines can be joined to a request."""

_AT_ONCE = {"gateway-lab": 1, "gateway-access": 2, "client": 3}
"""The order of lines of the same moment: the gateway logs a request after its error, the client sees it last."""


def trace(lines: Iterable[Line], rid: str) -> tuple[Line, ...]:
    """All lines about the request `rid`, in the order of time.

    Lines that carry the id are taken as they are. The two logs that lack it are joined to the request's line in
    the gateway's lab log: error.log by connection, request line and the seconds in which the request was in the
    gateway; access.log by being the same line of the same second (nginx writes both at the same moment).
    """
    lines = tuple(lines)
    found = [(_time(line), line) for line in lines if line.fields.get("rid") == rid]
    for home in [line for _, line in found if line.kind == "gateway-lab"]:
        found.extend((_within(home, line), line) for line in errors_of(lines, home))
        found.extend((home.fields["at"], line) for line in _twin(lines, home))
    return tuple(line for _, line in sorted(found, key=lambda pair: (pair[0], _AT_ONCE.get(pair[1].kind, 0))))


def errors_of(lines: Iterable[Line], home: Line) -> Iterator[Line]:
    """The lines of error.log that are about the request of `home`, a line of the lab log."""
    end = home.fields["at"]
    start = end - (home.fields["rt"] or 0.0) - 0.002
    for line in lines:
        said = line.fields
        if (
            line.kind == "gateway-error"
            and said
            and said["conn"] is not None
            and said["conn"] == home.fields["conn"]
            and math.floor(start) <= said["at"] <= end
            and (said["path"] is None or (said["method"], said["path"]) == (home.fields["method"], home.fields["path"]))
        ):
            yield line


def _twin(lines: Iterable[Line], home: Line) -> Iterator[Line]:
    """The line of access.log that nginx wrote together with `home`: same position among lines that look the same."""
    labs: list[Line] = []
    plain: list[Line] = []
    for line in lines:
        if line.kind in ("gateway-lab", "gateway-access") and _looks_of(line) == _looks_of(home):
            (labs if line.kind == "gateway-lab" else plain).append(line)
    place = labs.index(home)
    yield from plain[place : place + 1]


def _looks_of(line: Line) -> tuple[object, ...]:
    said = line.fields
    if not said:
        return ()
    return (math.floor(said["at"]), *(said[name] for name in ("client", "method", "path", "status", "bytes")))


def _time(line: Line) -> float:
    at = line.fields.get("at")
    return at if isinstance(at, int | float) else math.inf


def _within(home: Line, line: Line) -> float:
    """A time for a line of whole seconds that lies where the request was in the gateway."""
    end = home.fields["at"]
    return float(min(max(line.fields["at"], end - (home.fields["rt"] or 0.0)), end))
