"""A round's folder: the trainee's desk, its state, and the lock that tells whether somebody looks after it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab.errors import LabError
from lab.paths import rounds_dir

FINAL = frozenset({"closed", "broken"})
"""States after which nothing runs any more."""

MOST_OPEN = 12
"""Rounds that one user may have open at the same time."""

ROOM = 64 * 1024 * 1024
"""Bytes that must be free on the disk before a round is opened."""


class Folder:
    """One round's folder, by path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name

    @property
    def control(self) -> Path:
        """The supervisor's socket."""
        return self.path / "control.sock"

    @property
    def looks(self) -> Path:
        return self.path / "looks.log"

    @property
    def journal(self) -> Path:
        return self.path / "journal.jsonl"

    @property
    def debrief(self) -> Path:
        """Written when the round is over, not before: it has the key."""
        return self.path / "debrief.json"

    def state(self) -> dict[str, Any]:
        """What the supervisor last wrote of the round.

        Raises:
            LabError: when the folder was taken away or its state cannot be read.
        """
        try:
            state: dict[str, Any] = json.loads((self.path / "state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise LabError(
                f"Round {self.name} has no readable state in {self.path}.", "`lab stop` clears what is left of it."
            ) from error
        return state

    def write_state(self, state: Mapping[str, Any]) -> None:
        """Replace the state as a whole. A folder that was deleted by hand or a full disk is no reason to fail."""
        beside = self.path / "state.json.new"
        try:
            beside.write_text(json.dumps(state, indent=1), encoding="utf-8")
            beside.replace(self.path / "state.json")
        except OSError:
            beside.unlink(missing_ok=True)

    def is_whole(self) -> bool:
        """Whether nobody took the folder away, or a part of it while processes still wrote into it."""
        return (self.path / "lock").exists()

    def attended(self) -> bool:
        """Whether a supervisor holds the lock."""
        try:
            with (self.path / "lock").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    @contextmanager
    def attend(self) -> Iterator[None]:
        """Hold the lock; the kernel frees it whatever happens to the holder."""
        with (self.path / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def append(self, file: Path, entry: Mapping[str, Any]) -> None:
        """Add one JSON line to a file of the folder; nothing is raised when the disk is full or the folder gone."""
        try:
            with file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(entry, default=str) + "\n")
        except OSError:
            return

    def purge(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self.path, ignore_errors=True)


def folders() -> list[Folder]:
    """All rounds' folders, the newest first."""
    try:
        paths = [path for path in rounds_dir().iterdir() if path.is_dir()]
        return [Folder(path) for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns, reverse=True)]
    except OSError:  # not there yet, or not to be read: `lab doctor` and `lab start` tell which
        return []


def create(codename: str) -> Folder:
    """A new folder whose name is the codename and a few random digits.

    Raises:
        LabError: when there are too many open rounds, or no room on the disk, or the place cannot be written.
    """
    home = rounds_dir()
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        free = shutil.disk_usage(home).free
        if free < ROOM:
            raise LabError(
                f"The disk under {home} has {free // 2**20} MiB left, and a round needs {ROOM // 2**20}.",
                "Free some space, or set LAB_HOME to a folder on another disk.",
                code=3,
            )
        if len([folder for folder in folders() if folder.attended()]) >= MOST_OPEN:
            raise LabError(
                f"{MOST_OPEN} rounds are open already.", "Stop one with `lab stop`, or all: `lab stop --all`."
            )
        path = home / f"{codename}-{os.urandom(2).hex()}"
        path.mkdir(mode=0o700)
        for part in ("logs", "conf", "data"):
            (path / part).mkdir()
        (path / "lock").touch()
    except OSError as error:
        raise LabError(
            f"A round's folder cannot be made under {home}: {error.strerror}.",
            "Set LAB_HOME to a folder that you can write.",
            code=3,
        ) from error
    return Folder(path)
