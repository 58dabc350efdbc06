"""Memory, as the kernel shares it out: the proportional set size counts a page that n processes share as 1/n."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import psutil

MEASURABLE = Path("/proc/self/smaps_rollup").exists()
"""Only Linux tells it."""


def of_round(name: str, folder: str) -> list[float]:
    """MiB of every process of a round.

    A process belongs to it when it carries the round's mark, has a file of the round's folder open, or descends from
    one that does: the supervisor carries no mark, and nginx writes its title over its environment.
    """
    found = [process for process in psutil.process_iter() if _belongs(process, name, folder)]
    pids = {one.pid for process in found for one in (process, *process.children(recursive=True))}
    return [_pss(pid) for pid in sorted(pids)]


def of_idle_python() -> float:
    """MiB of a Python that has started and waits."""
    program = "import sys; print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            return _pss(process.pid)
        finally:
            process.kill()


def _belongs(process: psutil.Process, name: str, folder: str) -> bool:
    try:
        return process.environ().get("LAB_ROUND") == name or any(
            file.path.startswith(f"{folder}/") for file in process.open_files()
        )
    except psutil.Error:
        return False


def _pss(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, flags=re.MULTILINE)
    assert found, rollup
    return int(found[1]) / 1024
