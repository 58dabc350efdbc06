"""Where the lab's data and the rounds' folders are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_dir(name: str) -> Path:
    """The folder of shipped data called `name`: `scenarios`, `nginx` or `proxy`.

    In a checkout these stand beside the package; in a wheel they are inside it, under `data/`.
    """
    shipped = _PACKAGE / "data" / name
    return shipped if shipped.is_dir() else _PACKAGE.parent / name


def home() -> Path:
    """The folder that holds everything the lab writes: `$LAB_HOME`, else the user's state folder."""
    if chosen := os.environ.get("LAB_HOME"):
        return Path(chosen).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "badgateway"
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "badgateway"


def rounds_dir() -> Path:
    """The folder in which each round has its own."""
    return home() / "rounds"
