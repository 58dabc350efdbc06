"""Following logs: what is there, and then what comes."""

from __future__ import annotations

import time
from pathlib import Path

from lab.commands.output import show
from lab.logs.reader import read_logs
from lab.logs.selection import Logs, Selection, every, of_target
from lab.render.lines import log_lines

_PAUSE = 0.2


def follow(folder: Path, target: str | None, chosen: Selection, most: int) -> None:
    """Show the last `most` lines that are meant, then each new one, until interrupted.

    Args:
        folder: the round's `logs/`; files that appear later are followed too.
        target: a hop or a log; None for all.
        chosen: what the lines must be.
        most: 0 for all.
    """
    seen: dict[str, int] = {}
    sizes: dict[Path, int] = {}
    while True:
        now = {path: path.stat().st_size for path in folder.glob("*/*.log")}
        if now != sizes:
            logs: Logs = read_logs(folder)
            logs = of_target(logs, target) if target else logs
            fresh = [line for line in chosen.of(every(logs)) if line.n > seen.get(line.log, 0)]
            if not sizes and most:
                fresh = fresh[-most:]
            if fresh:
                show(log_lines(fresh, footnote=False))
            seen = {ref: len(lines) for ref, lines in logs.items()}
            sizes = now
        time.sleep(_PAUSE)  # a poll: files tell nobody that they grew
