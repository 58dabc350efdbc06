"""The entry point of an application process. Importing this imports all that it needs."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Mapping
from types import FrameType
from typing import Any

from aiohttp import web

from lab.upstream.application import build
from lab.upstream.journal import Journal
from lab.upstream.settings import Settings


def serve(settings: Mapping[str, Any], listener: socket.socket, admin: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT, which end the process at once with exit code 0.

    Called in a process of its own, in its main thread; both sockets listen already. What is under way is not
    waited for, so that a stop takes milliseconds whatever the application is doing.

    Args:
        settings: the fields of `Settings`.
        listener: where the application is served.
        admin: where it is controlled.

    Raises:
        ValueError: when the settings are not possible.
        OSError: when the log or the database can't be opened.
    """
    parsed = Settings.parse(settings)
    os.environ.update(parsed.environment)
    journal = Journal(parsed.log, parsed.name)

    def stop(number: int, _: FrameType | None) -> None:
        journal.write("app.stopping", signal=signal.Signals(number).name)
        # Not sys.exit: that would wait for threads whose queries are still running.
        os._exit(0)

    # Not the loop's own handlers: they would have to wait for a handler that blocks the loop.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    asyncio.run(_serve(parsed, journal, listener, admin))


async def _serve(settings: Settings, journal: Journal, listener: socket.socket, admin: socket.socket) -> None:
    served = build(settings, journal)
    public = web.AppRunner(served.public, access_log=None, handle_signals=False)
    control = web.AppRunner(served.admin, access_log=None, handle_signals=False)
    await public.setup()
    await control.setup()
    journal.write("app.started", **served.about, pid=os.getpid())
    assert public.server is not None
    await served.door.open(listener, public.server)
    await web.SockSite(control, admin).start()
    await asyncio.Event().wait()
