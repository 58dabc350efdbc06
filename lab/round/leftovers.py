"""Finding and ending what a dead round left: processes with its mark, or containers and networks with its label.

Normally there is nothing to find: a round's guardian ends all of it when the supervisor dies.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.engines.process.mark import MARK
from lab.engines.process.mark import ROOM as MARK_ROOM
from lab.errors import LabError
from lab.paths import home, rounds_dir
from lab.round.folder import Folder

if TYPE_CHECKING:
    import psutil

__all__ = ["MARK", "MARK_ROOM", "Leftovers", "containers", "marked", "sweep"]


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What was found and could not be ended; each a line of words."""

    processes: Sequence[str] = field(default_factory=tuple)
    listeners: Sequence[str] = field(default_factory=tuple)
    folders: Sequence[str] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, list[str]]:
        """The contract's `left_behind`."""
        return {
            "processes": list(self.processes),
            "listeners": list(self.listeners),
            "folders": list(self.folders),
        }

    def with_(self, more: Mapping[str, Sequence[str]]) -> Leftovers:
        """Both together."""
        return Leftovers(
            (*self.processes, *more["processes"]),
            (*self.listeners, *more["listeners"]),
            (*self.folders, *more["folders"]),
        )


def marked(name: str | None) -> list[psutil.Process]:
    """The processes of one round, or (None) of every round of this home whose supervisor is gone."""
    import psutil

    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.uids().real != os.getuid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if any(mark == name or (name is None and _is_dead(mark)) for mark in _marks(process)):
                family = [process, *process.children(recursive=True)]
                found.update((one.pid, one) for one in family if one.pid != os.getpid())
    return list(found.values())


def _marks(process: psutil.Process) -> Iterator[str]:
    """The names of rounds to which a process may belong."""
    if mark := process.environ().get(MARK, "").strip("-"):
        yield mark
    # nginx writes its title over its environment, but names the round's folder in it.
    beginning = f"{rounds_dir()}/"
    for word in " ".join(process.cmdline()).split():
        if word.startswith(beginning):
            yield word.removeprefix(beginning).split("/")[0]


def _is_dead(mark: str) -> bool:
    folder = Folder(rounds_dir() / mark)
    return folder.path.is_dir() and not folder.attended()


def sweep(name: str | None) -> Leftovers:
    """End what a round left, and say what would not go."""
    import psutil

    processes = marked(name)
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
    _, alive = psutil.wait_procs(processes, timeout=2)
    return Leftovers(
        processes=[*(f"{process.pid} {' '.join(process.cmdline())}" for process in alive), *_clear_containers(name)],
        listeners=[
            f"{connection.laddr.ip}:{connection.laddr.port}"
            for process in alive
            for connection in process.net_connections()
            if connection.status == psutil.CONN_LISTEN
        ],
    )


def containers() -> list[str]:
    """The containers and networks of rounds of this home whose supervisor is gone; none where no engine answers."""
    from lab.engines.compose import leftovers

    with contextlib.suppress(LabError):
        return [str(one) for one in leftovers.find(home())]
    return []


def _clear_containers(name: str | None) -> list[str]:
    """Remove those of one round, or (None) of all dead ones."""
    place = home() if name is None else rounds_dir() / name
    engine = None
    with contextlib.suppress(LabError):
        engine = name and Folder(place).state().get("engine")
    if engine not in (None, "compose"):
        return []
    from lab.engines.compose import leftovers

    try:
        return [str(one) for one in leftovers.clear(place)]
    except LabError as error:
        # Of a round that ran there it is not known; for all others there may never have been any Docker.
        return [f"perhaps its containers: {error.what}"] if engine else []
