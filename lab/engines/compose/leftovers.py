"""What rounds left on the Docker engine, found by its labels; nothing without them is ever touched.

Normally there is nothing to find: a round's guardian takes it down when its supervisor dies. It is left when that was
killed too, or when the engine itself was stopped meanwhile.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lab.engines.compose.daemon import Daemon
from lab.engines.compose.labels import FOLDER, NUMBER, OWNER, PROJECT
from lab.engines.compose.subnet import is_held

if TYPE_CHECKING:
    from docker import APIClient


PATIENCE = 10.0
"""Seconds in which what is left has to go."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something of a round on the engine.

    Attributes:
        kind: `container`, `network` or `volume`.
        id: by which the engine knows it.
        name: its name.
        labels: all.
    """

    kind: str
    id: str
    name: str
    labels: dict[str, str]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def labelled(api: APIClient, project: str | None = None) -> list[Left]:
    """All that has a project's label (None: any project's), containers first. Blocks.

    Raises:
        docker.errors.DockerException, requests.RequestException: when the engine does not answer.
    """
    filters = {"label": f"{PROJECT}={project}" if project else PROJECT}
    containers = [
        Left("container", one["Id"], one["Names"][0].lstrip("/") if one["Names"] else one["Id"][:12], one["Labels"])
        for one in api.containers(all=True, filters=filters)
    ]
    networks = [Left("network", one["Id"], one["Name"], one["Labels"]) for one in api.networks(filters=filters)]
    volumes = [
        Left("volume", one["Name"], one["Name"], one["Labels"] or {})
        for one in api.volumes(filters=filters)["Volumes"] or ()
    ]
    return [*containers, *networks, *volumes]


def of(project: str) -> list[Left]:
    """What there is of a project. Blocks.

    Raises:
        LabError: when no engine answers.
    """
    with _connected() as daemon:
        return daemon.ask("list what is left", labelled, daemon.api, project)


def find(place: Path) -> list[Left]:
    """What dead rounds of this user left whose folders are in `place`, or are it. Blocks.

    Raises:
        LabError: when no engine answers.
    """
    with _connected() as daemon:
        return _dead(daemon.ask("list what rounds left", labelled, daemon.api), place)


def clear(place: Path) -> list[Left]:
    """Remove it; what would not go. A guardian may be at it too, so this tries for some seconds. Blocks.

    Raises:
        LabError: when no engine answers.
    """
    ends = time.monotonic() + PATIENCE
    with _connected() as daemon:
        while left := _dead(daemon.ask("list what rounds left", labelled, daemon.api), place):
            for one in left:
                _remove(daemon.api, one)
            if time.monotonic() > ends:
                return left
            time.sleep(0.05)
    return []


@contextmanager
def _connected() -> Iterator[Daemon]:
    daemon = Daemon.connect()
    try:
        yield daemon
    finally:
        daemon.close()


def _dead(found: Iterable[Left], place: Path) -> list[Left]:
    """Those whose number no living round holds, containers first."""
    mine = [
        one
        for one in found
        if one.labels.get(OWNER) == str(os.getuid()) and Path(one.labels.get(FOLDER, "/")).is_relative_to(place)
    ]
    held = {n: is_held(n) for n in {int(one.labels[NUMBER]) for one in mine}}
    return [one for one in mine if not held[int(one.labels[NUMBER])]]


def _remove(api: APIClient, one: Left) -> None:
    """Remove it, if that is possible: somebody else may be at it, or have been."""
    from docker.errors import APIError

    with suppress(APIError):
        if one.kind == "container":
            api.remove_container(one.id, force=True, v=True)
        elif one.kind == "network":
            api.remove_network(one.id)
        else:
            api.remove_volume(one.id, force=True)
