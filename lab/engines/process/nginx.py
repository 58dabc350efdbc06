"""nginx: where it is, what it is, and the configuration that is rendered for it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.engines.base import Address
from lab.errors import LabError
from lab.paths import data_dir

if TYPE_CHECKING:
    from jinja2 import Template

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


@dataclass(frozen=True, slots=True)
class GatewayConf:
    """The settings of the gateway that a scenario or a repair may choose. Times are seconds.

    Attributes:
        read_timeout: limit for the whole response header, then between two reads of the body.
        connect_timeout: limit for the TCP connect.
        send_timeout: limit between two writes of the request.
        next_upstream: when another replica is tried, in nginx's words (`off`, `error timeout`, …).
        max_fails: failures after which a replica is left out for ten seconds; 0 for never.
        retry_after: what the gateway's own maintenance answer says in Retry-After.
    """

    read_timeout: float = 3.0
    connect_timeout: float = 2.0
    send_timeout: float = 3.0
    next_upstream: str = "off"
    max_fails: int = 0
    retry_after: int = 120

    def changed(self, settings: Mapping[str, Any]) -> GatewayConf:
        """The same with some settings changed.

        Raises:
            LabError: for a setting that there is not.
        """
        known = [field.name for field in fields(self)]
        if unknown := sorted(set(settings) - set(known)):
            raise LabError(
                f"The gateway has no setting called {', '.join(unknown)}.", f"It has {', '.join(known)}.", code=2
            )
        return replace(self, **settings)


def render(conf: GatewayConf, listen: Address, servers: tuple[Address, ...], own: bool, nginx: Nginx) -> str:
    """The text of `nginx.conf`.

    Args:
        conf: the settings.
        listen: where the gateway listens.
        servers: the replicas.
        own: whether the gateway has an address of its own; its connections to the replicas then come from there.
        nginx: which nginx it is for.
    """
    # Workers of a root master would become nobody, who can't enter the round's folder.
    user = "root" if os.geteuid() == 0 else None
    bind = listen.host if own else None
    return _template().render(
        asdict(conf), listen=listen, servers=servers, bind=bind, user=user, temp_paths=nginx.temp_paths
    )


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


@lru_cache(maxsize=1)
def _template() -> Template:
    """The compiled template; compiling it takes longer than starting nginx."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(data_dir("nginx") / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    templates.filters["duration"] = _duration
    return templates.get_template("nginx.conf.j2")


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


def _duration(seconds: float) -> str:
    """As nginx writes times: whole seconds, or milliseconds."""
    milliseconds = round(float(seconds) * 1000)
    return f"{milliseconds}ms" if milliseconds % 1000 else f"{milliseconds // 1000}s"
