"""nginx: where it is on this machine, and what it is."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lab.errors import LabError
from lab.paths import data_dir

OLDEST = (1, 18)
"""Before it, some of the log variables are missing."""

_PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin")
_INSTALL = "Run `make setup`, install nginx, or set LAB_NGINX to the path of one."


@dataclass(frozen=True, slots=True)
class Nginx:
    """A program that can be run.

    Attributes:
        path: the program.
        version: such as (1, 22, 1).
        built: its configure arguments.
    """

    path: Path
    version: tuple[int, ...]
    built: str

    @property
    def temp_paths(self) -> tuple[str, ...]:
        """The modules that would put files into places of the package unless they are told where."""
        return tuple(name for name in ("fastcgi", "uwsgi", "scgi") if f"--without-http_{name}_module" not in self.built)

    def argv(self, folder: Path, *more: str, conf: str, early: str) -> tuple[str, ...]:
        """The command line for a round's folder: everything that it reads or writes is in there.

        Args:
            folder: the round's.
            more: further arguments.
            conf: the configuration, relative to the folder.
            early: the log for what is said before the configuration names one. Before 1.19.5 that is the package's.
        """
        log = ("-e", early) if self.version >= (1, 19, 5) else ()
        return (str(self.path), "-p", f"{folder}/", "-c", conf, *log, *more)


async def find() -> Nginx:
    """The nginx of this machine: `$LAB_NGINX`, else the first on PATH, in the usual places, or in the checkout.

    Raises:
        LabError: when there is none, it doesn't run, or it is too old.
    """
    path = _where()
    return await asyncio.to_thread(_probe, path, path.stat().st_mtime_ns)


def _where() -> Path:
    if chosen := os.environ.get("LAB_NGINX"):
        path = Path(chosen).expanduser().absolute()
        if not os.access(path, os.X_OK) or path.is_dir():
            raise LabError(f"LAB_NGINX={chosen} is not a program.", "Correct it, or leave it unset.")
        return path
    unpacked = data_dir("nginx").parent / ".nginx" / "usr" / "sbin"
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), *_PLACES, str(unpacked)])
    if found := shutil.which("nginx", path=search):
        return Path(found).absolute()
    raise LabError("There is no nginx on this machine.", _INSTALL)


@lru_cache(maxsize=8)
def _probe(path: Path, mtime: int) -> Nginx:
    """What the program says of itself; `mtime` (ns) is there so that another program in its place is asked anew."""
    try:
        answer = subprocess.run([path, "-V"], capture_output=True, text=True, timeout=10, check=True).stderr
    except (OSError, subprocess.SubprocessError) as error:
        raise LabError(f"{path} does not run: {error}.", _INSTALL) from error
    numbers = re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", answer)
    version = tuple(int(n) for n in numbers.groups()) if numbers else ()
    if version < OLDEST:
        raise LabError(
            f"{path} is too old or no nginx ({answer.partition(chr(10))[0]}).",
            f"The lab needs {'.'.join(map(str, OLDEST))} or newer. {_INSTALL}",
        )
    return Nginx(path, version, answer.partition("configure arguments:")[2].strip())
