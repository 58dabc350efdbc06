"""The servers under test as processes: started once, replaced when a test broke one, ended with the session."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import toxiproxy_here
from toxi_api import Api

KINDS = ("real", "embedded")
START = 30.0
"""Seconds that a start may take; only a machine in great distress needs more than one."""

ROOT = Path(__file__).parents[2]


class Running:
    """One server process.

    Attributes:
        kind: `real` or `embedded`.
        process: what was started.
        api: its control API.
    """

    api: Api

    def __init__(self, kind: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.kind = kind
        self.process = process
        self._log = log

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def log(self, lines: int = 15) -> str:
        """The last lines that it wrote."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])

    def usable(self) -> bool:
        """Whether it still answers and can be emptied; a server that can't is replaced before the next test."""
        if not self.alive:
            return False
        try:
            self.api.clear()
        except (OSError, AssertionError, ValueError):
            return False
        return True

    def stop(self) -> None:
        """End it, hard if need be."""
        self.process.terminate()
        if self.process.stdin:
            self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        if self.process.stdout:
            self.process.stdout.close()
        shutil.rmtree(self._log.parent, ignore_errors=True)


def start(kind: str, *flags: str) -> Running:
    """Start a server and wait until it answers.

    Args:
        kind: one of `KINDS`.
        flags: further arguments for the real one, or options of the embedded one (`seed=7`).
    """
    log = Path(tempfile.mkdtemp(prefix="toxi-")) / "log"
    return _embedded(log, flags) if kind == "embedded" else _real(log, flags)


def _embedded(log: Path, options: tuple[str, ...]) -> Running:
    argv = [sys.executable, str(Path(__file__).with_name("toxi_embedded.py")), *options]
    running = _spawn("embedded", log, argv, {"PYTHONPATH": str(ROOT)})
    output = running.process.stdout
    assert output is not None
    readable, _, _ = select.select([output], [], [], START)
    line = output.readline().decode().strip() if readable else ""
    if not line:
        said = running.log()
        running.stop()
        raise AssertionError(f"The embedded server did not start:\n{said}")
    host, _, port = line.rpartition(":")
    running.api = Api((host, int(port)))
    return running


def _real(log: Path, flags: tuple[str, ...]) -> Running:
    while True:
        port = free_port()
        argv = [str(toxiproxy_here.path()), "-host", "127.0.0.1", "-port", str(port), "-proxy-metrics", *flags]
        running = _spawn("real", log, argv, {"LOG_LEVEL": "info"})
        running.api = Api(("127.0.0.1", port))
        deadline = time.monotonic() + START
        while time.monotonic() < deadline and running.alive and "address already in use" not in running.log():
            with contextlib.suppress(OSError):
                if running.api.ask("GET", "/version", patience=1).status == 200:
                    return running
            time.sleep(0.01)
        said = running.log()
        running.stop()
        assert "address already in use" in said, f"The real server did not start:\n{said}"
        log = Path(tempfile.mkdtemp(prefix="toxi-")) / "log"  # somebody else took the port: once more


def _spawn(kind: str, log: Path, argv: list[str], more: dict[str, str]) -> Running:
    with log.open("wb") as errors:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if kind == "embedded" else errors,
            stderr=errors,
            env={**os.environ, **more},
        )
    return Running(kind, process, log)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Fleet:
    """At most one server of each kind."""

    def __init__(self) -> None:
        self._running: dict[str, Running] = {}

    def ready(self, kind: str) -> Running:
        """An empty server of that kind; the one that is there, if it is fit."""
        running = self._running.get(kind)
        if running is None or not running.usable():
            if running is not None:
                running.stop()
            self._running[kind] = running = start(kind)
        return running

    def stop(self) -> None:
        """End all."""
        while self._running:
            self._running.popitem()[1].stop()


EMBEDDED_ONLY = pytest.mark.parametrize("server", ["embedded"], indirect=True)
"""For what the real server does otherwise; `docs/toxiproxy.md` has a row for each test that carries it."""
