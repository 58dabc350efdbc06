"""What a test must not leave: processes, listeners, rounds that nobody closes, alerts in nginx's error log.

Tests run in parallel, so everything is counted per test. A process belongs to a test when it descends from the process
that runs the test, carries the test's mark in its environment, or works in one of the test's folders (nginx overwrites
its environment with its title, so that its mark can't be read; its command line and its open logs can).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

MARK = "LAB_TEST"
"""The environment variable that says for which test a process was started; children inherit it."""

PATIENCE = 2.0
"""Seconds that things may take to go away after the test."""

FINAL = ("closed", "broken")
"""States of a round that nothing happens to any more."""


@dataclass(frozen=True)
class Before:
    """What was there before the test."""

    pids: frozenset[int]
    listeners: frozenset[str]

    @classmethod
    def now(cls) -> Before:
        return cls(frozenset(psutil.pids()), frozenset(_own_listeners()))


def left_processes(before: Before, mark: str, folders: Iterable[Path]) -> list[psutil.Process]:
    """The processes that started after `before`, belong to the test and are still alive."""
    places = tuple(str(folder) for folder in folders)
    mine = {child.pid for child in psutil.Process().children(recursive=True)}
    left = []
    for pid in sorted(set(psutil.pids()) - before.pids):
        try:
            process = psutil.Process(pid)
            if process.status() != psutil.STATUS_ZOMBIE and (pid in mine or _belongs(process, mark, places)):
                left.append(process)
        except psutil.Error:  # it ended while it was looked at, or it is somebody else's
            continue
    return left


def left_listeners(before: Before) -> list[str]:
    """The addresses on which this very process still listens. Those of other processes end with these."""
    return sorted(_own_listeners() - before.listeners)


def left_rounds(home: Path) -> list[str]:
    """The folders of rounds under a home whose state is not final, with that state."""
    left = []
    for path in sorted(home.glob("rounds/*/state.json")):
        try:
            state = json.loads(path.read_text())["state"]
        except (ValueError, KeyError, TypeError):
            state = "unreadable"
        if state not in FINAL:
            left.append(f"{path.parent.name} ({state})")
    return left


def alerts(folders: Iterable[Path]) -> list[str]:
    """The lines of level alert in every `error.log` under the folders."""
    return [
        f"{path}: {line}"
        for folder in folders
        for path in sorted(folder.rglob("error.log"))
        if path.is_file()
        for line in path.read_text(errors="replace").splitlines()
        if "[alert]" in line
    ]


def wait_until_gone(left: Callable[[], list[str]]) -> list[str]:
    """What `left` still names when the patience is over; empty as soon as it names nothing."""
    deadline = time.monotonic() + PATIENCE
    while (rest := left()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return rest


def described(processes: Iterable[psutil.Process]) -> list[str]:
    """One line for each process that is still there: pid, command and listeners."""
    lines = []
    for process in processes:
        try:
            listening = " ".join(sorted(_listeners(process)))
            lines.append(
                f"{process.pid} {' '.join(process.cmdline())[:160]}" + (f" [{listening}]" if listening else "")
            )
        except psutil.Error:
            continue
    return lines


def end(processes: Iterable[psutil.Process]) -> None:
    """Kill what a test left, so that it disturbs no other one."""
    for process in processes:
        try:
            process.kill()
        except psutil.Error:
            continue


def _belongs(process: psutil.Process, mark: str, places: tuple[str, ...]) -> bool:
    return process.environ().get(MARK) == mark or any(
        place in text for text in _whereabouts(process) for place in places
    )


def _whereabouts(process: psutil.Process) -> Iterator[str]:
    yield " ".join(process.cmdline())
    yield process.cwd()
    yield from (file.path for file in process.open_files())


def _own_listeners() -> set[str]:
    return _listeners(psutil.Process(os.getpid()))


def _listeners(process: psutil.Process) -> set[str]:
    return {
        f"{connection.laddr.ip}:{connection.laddr.port}"
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
