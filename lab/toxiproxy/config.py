"""A configuration file: the list that populate takes, checked with more words for the person who wrote it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lab.toxiproxy import bodies
from lab.toxiproxy.jsonish import BadJSON, parse

_WANTED = {"name": "text", "upstream": "text", "listen": "text", "enabled": "true or false", "toxics": "a list"}
_KINDS = {"text": str, "true or false": bool, "a list": list}


class BadConfig(ValueError):
    """The file can't be used; the text says which, where, and what was expected."""


def read_config(path: Path) -> list[dict[str, Any]]:
    """The entries of a file, for `Server.populate`.

    Raises:
        BadConfig: it can't be read, is no JSON, or something in it is not what it has to be.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise BadConfig(f"{path} can't be read: {error.strerror}.") from None
    try:
        given = json.loads(body)
    except UnicodeDecodeError:
        raise BadConfig(f"{path}: UTF-8 text was expected.") from None
    except RecursionError:
        raise BadConfig(f"{path}: a list of proxies was expected, not something nested so deeply.") from None
    except json.JSONDecodeError as error:
        raise BadConfig(f"{path}, line {error.lineno}, column {error.colno}: no JSON ({error.msg}).") from None
    if not isinstance(given, list):
        raise BadConfig(f"{path}: a list of proxies was expected, each with a name and an upstream.")
    for number, entry in enumerate(given, 1):
        _check(f"{path}, proxy {number}", entry)
    try:
        return bodies.entries(parse(body))
    except (BadJSON, bodies.BadBody) as error:
        raise BadConfig(f"{path}: {error}.") from None


def _check(where: str, entry: Any) -> None:
    if not isinstance(entry, dict):
        raise BadConfig(f"{where}: an object was expected.")
    known = {key.casefold(): value for key, value in entry.items()}
    for name, wanted in _WANTED.items():
        value = known.get(name)
        if value is not None and not isinstance(value, _KINDS[wanted]):
            raise BadConfig(f"{where}: `{name}` has to be {wanted}, not {json.dumps(value)[:60]}.")
        if not value and name in ("name", "upstream"):
            raise BadConfig(f"{where}: `{name}` is missing; a text was expected.")
