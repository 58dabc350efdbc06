"""The real Toxiproxy that the contract suite is also run against, and whether it has to be there."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

REQUIRED = os.environ.get("LAB_REQUIRE_TOXIPROXY") == "1"
"""Whether the half of the suite that needs it fails, instead of being skipped, where there is none."""

FETCHED = Path(__file__).parents[2] / ".toxiproxy" / "toxiproxy-server"
"""Where `tools/get-toxiproxy` puts it."""

_CURE = "Run tools/get-toxiproxy (it needs Go), or set LAB_TOXIPROXY to the path of a Toxiproxy 2.12.0."


def path() -> Path:
    """The program; ask `missing` first."""
    found = _found()
    if isinstance(found, str):
        raise LookupError(found)
    return found


def missing() -> str | None:
    """Why no test can use it, in words; None when they can."""
    found = _found()
    return found if isinstance(found, str) else None


@cache
def _found() -> Path | str:
    if asked := os.environ.get("LAB_TOXIPROXY"):
        return Path(asked) if _runs(asked) else f"LAB_TOXIPROXY={asked} does not run. {_CURE}"
    for candidate in (shutil.which("toxiproxy-server"), str(FETCHED)):
        if candidate and _runs(candidate):
            return Path(candidate)
    return f"There is no real Toxiproxy to compare with. {_CURE}"


def _runs(program: str) -> bool:
    """Whether it says that it is Toxiproxy of this version (built from the module it calls its version `git`)."""
    try:
        said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0 and said.stdout.strip().rpartition(" ")[2] in ("git", "2.12.0")
