"""`system/process.log`: starts, exits, signals and restarts, in the manner of a service manager."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from pathlib import Path


class ServiceLog:
    """Appends lines such as `2026-11-21T12:00:00.123Z api-1[4711]: started`. Each is in the file when it returns.

    A pid of 0 is left out: the process was gone before anybody could ask for it.

    Args:
        path: the file; its folder exists.
    """

    def __init__(self, path: Path) -> None:
        # Unbuffered: after a line that a full disk refused, nothing is kept back that would fail again.
        self._file = path.open("ab", buffering=0)

    def close(self) -> None:
        """Close the file; what is written later is lost."""
        self._file.close()

    def started(self, unit: str, pid: int) -> None:
        """It was started."""
        self._write(unit, pid, "started")

    def exited(self, unit: str, pid: int, code: int | None, signal_: str | None) -> None:
        """It ended, by itself or by a signal."""
        how = f"exited with code {code}" if signal_ is None else f"exited on signal {_number(signal_)} ({signal_})"
        self._write(unit, pid, how)

    def out_of_memory(self, unit: str, pid: int) -> None:
        """The kernel ended a process of it, for want of memory."""
        self._write(unit, pid, "a process was killed by the kernel: out of memory")

    def stopping(self, unit: str, pid: int) -> None:
        """Somebody asked that it be stopped."""
        self._write(unit, pid, "stopping (asked)")

    def stopped(self, unit: str, pid: int) -> None:
        """It ended because somebody asked."""
        self._write(unit, pid, "stopped")

    def paused(self, unit: str, pid: int) -> None:
        """It was sent SIGSTOP."""
        self._write(unit, pid, "paused")

    def resumed(self, unit: str, pid: int) -> None:
        """It was sent SIGCONT."""
        self._write(unit, pid, "resumed")

    def reloaded(self, unit: str, pid: int) -> None:
        """It works with a new configuration."""
        self._write(unit, pid, "reloaded")

    def restarting(self, unit: str, delay: float, n: int) -> None:
        """It will be started for the `n`-th time again, in `delay` seconds."""
        self._write(unit, None, f"restarting in {delay:g} s (restart {n})")

    def gave_up(self, unit: str, restarts: int) -> None:
        """It ended again, and no restart is left."""
        self._write(unit, None, f"gave up after {restarts} restarts")

    def _write(self, unit: str, pid: int | None, event: str) -> None:
        if self._file.closed:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        who = f"{unit}[{pid}]" if pid else unit
        try:
            self._file.write(f"{now} {who}: {event}\n".encode())
        except OSError:  # a full disk must not stop the service manager
            return


def _number(name: str) -> int:
    return int(signal.Signals[name]) if name in signal.Signals.__members__ else int(name.removeprefix("SIG"))
