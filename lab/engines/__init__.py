"""The places in which a lab can run, by name."""

from __future__ import annotations

from importlib import import_module

from lab.engines.base import Engine
from lab.errors import LabError

ENGINES: dict[str, str] = {"process": "lab.engines.process.engine:ProcessEngine"}
"""Name → `module:class`. Nothing is imported before an engine is opened, so that `lab --help` stays quick."""


def open_engine(name: str) -> Engine:
    """The engine of that name, not entered yet.

    Raises:
        LabError: when there is none.
    """
    if name not in ENGINES:
        raise LabError(f"There is no engine called {name!r}.", f"Known are {', '.join(sorted(ENGINES))}.", code=2)
    module, _, attribute = ENGINES[name].partition(":")
    engine: Engine = getattr(import_module(module), attribute)()
    return engine
