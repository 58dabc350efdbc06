"""The nginx that tests and benchmarks run with, which is the one that the lab finds, and whether it has to be there."""

from __future__ import annotations

import asyncio
import os
from functools import cache
from pathlib import Path

from lab.engines.process.nginx import Nginx, find
from lab.errors import LabError

REQUIRED = os.environ.get("LAB_REQUIRE_NGINX") == "1"
"""Whether a test that needs nginx fails, instead of being skipped, where there is none."""


def path() -> Path:
    """The program.

    Raises:
        LabError: when there is none that will do.
    """
    found = _found()
    if isinstance(found, LabError):
        raise found
    return found.path


def version() -> str | None:
    """Its version, such as `1.22.1`."""
    found = _found()
    return None if isinstance(found, LabError) else ".".join(map(str, found.version))


def missing() -> str | None:
    """Why no test can use nginx, in words; None when they can."""
    found = _found()
    return str(found) if isinstance(found, LabError) else None


@cache
def _found() -> Nginx | LabError:
    try:
        return asyncio.run(find())
    except LabError as error:
        return error
