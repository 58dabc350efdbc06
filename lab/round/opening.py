"""Opening a round: its supervisor is started, spoken to until the round is open, and left to itself."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from lab.errors import LabError
from lab.round.leftovers import MARK, MARK_ROOM

_supervisors: list[subprocess.Popen[str]] = []
"""Supervisors that this process started. They outlive its call, and are reaped when they are done."""


def start_round(
    name: str | None,
    *,
    level: int | None = None,
    family: str | None = None,
    seed: int | None = None,
    engine: str = "process",
    link_server: str | None = None,
    minutes: float | None = None,
    pace: float = 1.0,
    progress: Callable[[str], None] = lambda what: None,
) -> dict[str, Any]:
    """Open a round and return the contract's start object, with `brief`, `level` and `minutes`.

    Raises:
        LabError: when it could not be opened; then nothing is left of it but its folder.
        KeyboardInterrupt: after the half-open round was taken down. Where it strikes between the opening and the
            caller's next line, only `abandon` can take the round down.
    """
    reap()
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "lab.round.supervisor"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
        env={**os.environ, MARK: "-" * MARK_ROOM},
    )
    _supervisors.append(supervisor)
    assert supervisor.stdin is not None
    assert supervisor.stdout is not None
    request = {
        "name": name,
        "level": level,
        "family": family,
        "seed": seed,
        "engine": engine,
        "link_server": link_server,
        "minutes": minutes,
        "pace": pace,
    }
    try:
        supervisor.stdin.write(json.dumps(request) + "\n")
        supervisor.stdin.flush()
        for line in supervisor.stdout:
            message = json.loads(line)
            if "progress" in message:
                progress(str(message["progress"]))
            elif "opened" in message:
                opened: dict[str, Any] = message["opened"]
                return opened
            elif "error" in message:
                error = message["error"]
                raise LabError(error["what"], error["cure"], code=error["code"])
            else:
                raise RuntimeError(f"the supervisor failed:\n{message.get('defect')}")
        raise LabError("The round's supervisor ended without a word.", "`lab doctor` says what is missing.", code=3)
    except BaseException:
        _take_down(supervisor)
        raise
    finally:
        for pipe in (supervisor.stdin, supervisor.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


def reap() -> None:
    """Collect the exit statuses of supervisors that are done, in a process that lives long enough to see that."""
    _supervisors[:] = [supervisor for supervisor in _supervisors if supervisor.poll() is None]


def abandon() -> None:
    """Take down every round that this process has opened; for a command that was interrupted."""
    reap()
    for supervisor in list(_supervisors):
        _take_down(supervisor)


def _take_down(supervisor: subprocess.Popen[str]) -> None:
    """End a supervisor politely, and then not; its guardian takes the rest along."""
    with _no_interrupt():
        supervisor.terminate()
        try:
            supervisor.wait(10)
        except subprocess.TimeoutExpired:
            supervisor.kill()
            supervisor.wait(5)


@contextlib.contextmanager
def _no_interrupt() -> Iterator[None]:
    """A second Ctrl-C does not stop the clearing up of the first. Only a main thread can say that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
