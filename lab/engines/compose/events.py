"""The engine's events about the containers of one project, as they come."""

from __future__ import annotations

import asyncio
import signal as signals
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lab.engines.compose.daemon import Daemon
from lab.engines.compose.labels import PROJECT

_SERVICE = "com.docker.compose.service"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a container.

    Attributes:
        service: which.
        action: such as `start`, `die`, `pause`, `oom`, `destroy`.
        details: such as `exitCode`.
    """

    service: str
    action: str
    details: Mapping[str, str]

    @property
    def end(self) -> tuple[int | None, str | None]:
        """How a container that died ended: its exit status, or the name of the signal that it stands for."""
        status = int(self.details.get("exitCode", "1"))
        try:
            return None, signals.Signals(status - 128).name
        except ValueError:
            return status, None


class Events:
    """A thread that listens; what it hears is told in the event loop.

    Args:
        daemon: whose events.
        project: the project.
        heard: told of each.
        lost: told when the engine is gone.
    """

    def __init__(self, daemon: Daemon, project: str, heard: Callable[[Event], None], lost: Callable[[], None]) -> None:
        self._daemon = daemon
        self._project = project
        self._heard = heard
        self._lost = lost
        self._closing = False
        self._stream: Any = None
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._listen, name="docker-events", daemon=True)

    async def open(self) -> None:
        """Begin. What happens after this returns is heard."""
        filters = {"type": "container", "label": f"{PROJECT}={self._project}"}
        self._stream = await self._daemon.call(
            "tell what happens", self._daemon.api.events, decode=True, filters=filters
        )
        self._thread.start()

    async def close(self) -> None:
        """End."""
        if self._stream is not None:
            self._closing = True
            self._stream.close()
            await asyncio.to_thread(self._thread.join, 5)

    def _listen(self) -> None:
        try:
            for event in self._stream:
                details = event["Actor"]["Attributes"]
                self._tell(self._heard, Event(details.get(_SERVICE, ""), event["Action"], details))
        except Exception:  # whatever the SDK makes of a connection that broke
            pass
        finally:
            if not self._closing:
                self._tell(self._lost)

    def _tell(self, who: Callable[..., None], *what: object) -> None:
        try:
            self._loop.call_soon_threadsafe(who, *what)
        except RuntimeError:  # the loop is closed: nobody is left to be told
            return
