"""The places in which a lab can run, by name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lab.errors import LabError

if TYPE_CHECKING:
    from lab.engines.base import Engine

ENGINES: dict[str, str] = {
    "process": "lab.engines.process.engine:ProcessEngine",
    "compose": "lab.engines.compose.engine:ComposeEngine",
}
"""Name → `module:class`. Nothing is imported before an engine is opened, so that `lab --help` stays quick."""


def prepare(name: str) -> dict[str, Any]:
    """What is best done before a process imports anything large, as options for `open_engine`.

    For the process engine that is to fork the process that will fork all others. Call it in a process that has one
    thread and no event loop.
    """
    if name != "process":
        return {}
    return {"early": import_module("lab.engines.process.early").fork()}


def open_engine(
    name: str, *, link_server: str | None = None, progress: Callable[[str], None] | None = None, **options: Any
) -> Engine:
    """The engine of that name, not entered yet.

    Args:
        name: one of `ENGINES`.
        link_server: `embedded` or `real`; None for the engine's own way.
        progress: told in words what takes long, such as images that have to be built first.
        options: what `prepare` returned, or the engine's own.

    Raises:
        LabError: when there is no such engine, or it leaves no choice of the links' server.
    """
    if name not in ENGINES:
        raise LabError(f"There is no engine called {name!r}.", f"Known are {', '.join(sorted(ENGINES))}.", code=2)
    if name == "process" and link_server:
        options["link_server"] = link_server
    elif link_server == "embedded":
        raise LabError(f"Links of the {name} engine are always a real Toxiproxy.", "Leave --link-server out.", code=2)
    if name == "compose" and progress:
        options["progress"] = progress
    module, _, attribute = ENGINES[name].partition(":")
    engine: Engine = getattr(import_module(module), attribute)(**options)
    return engine
