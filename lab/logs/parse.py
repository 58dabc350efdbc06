"""Which parser reads which log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lab.errors import LabError
from lab.logs import access, app, client, error, lab_format, process, stderr

PARSERS: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
    "gateway-access": access.parse,
    "gateway-lab": lab_format.parse,
    "gateway-error": error.parse,
    "app": app.parse,
    "stderr": stderr.parse,
    "process": process.parse,
    "client": client.parse,
}

_BY_REF = {
    "gateway/access.log": "gateway-access",
    "gateway/lab.log": "gateway-lab",
    "gateway/error.log": "gateway-error",
    "system/process.log": "process",
    "client/client.log": "client",
}
_BY_FILE = {"app.log": "app", "stderr.log": "stderr"}


def kind_of(ref: str) -> str:
    """The kind of the log with the reference name `ref`, such as `gateway/error.log`.

    Raises:
        LabError: when no log is called that.
    """
    kind = _BY_REF.get(ref) or _BY_FILE.get(ref.partition("/")[2])
    if kind is None:
        known = ", ".join((*_BY_REF, "api-1/app.log", "api-1/stderr.log"))
        raise LabError(f"There is no log called {ref!r}.", f"Logs are {known}.", code=2)
    return kind
