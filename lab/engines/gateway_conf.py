"""The gateway's settings, the `nginx.conf` that is rendered from them, and its place in a round's folder."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.engines.base import Address
from lab.errors import LabError
from lab.paths import data_dir

if TYPE_CHECKING:
    from jinja2 import Template

_HOP = re.compile(r"<(?P<hop>[a-z]+(-\d+)?)(\.(?P<part>host|port)(?P<off>\+\d+)?)?>")
CANDIDATE = "conf/nginx.conf.candidate"
"""What is tested before it takes the place of `conf/nginx.conf`."""


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
        servers: the peers of the upstream instead of the replicas, each with its parameters.
        pass_to: where requests are proxied to; `http://api` is the upstream.
        connection: the Connection header of proxied requests; empty keeps connections open.
        http_version: in which proxied requests are made, 1.0 or 1.1.
        worker_connections: of the one worker, to clients and replicas together.
        main, events, http, upstream, server, location: further directives, in nginx's words, for that block.

    In these texts `<api-1>` stands for the address at which the gateway reaches that hop, `<api-1.host>` and
    `<api-1.port>` for its parts, and `<api-1.port+7>` for a port that is seven up.
    """

    read_timeout: float = 3.0
    connect_timeout: float = 2.0
    send_timeout: float = 3.0
    next_upstream: str = "off"
    max_fails: int = 0
    retry_after: int = 120
    servers: tuple[str, ...] = ()
    pass_to: str = "http://api"
    connection: str = "close"
    http_version: str = "1.1"
    worker_connections: int = 512
    main: str = ""
    events: str = ""
    http: str = ""
    upstream: str = ""
    server: str = ""
    location: str = ""

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


def render(
    conf: GatewayConf,
    listen: Address,
    servers: tuple[Address, ...],
    own: bool,
    temp_paths: Iterable[str],
    reached: Mapping[str, Address] | None = None,
) -> str:
    """The text of `nginx.conf`.

    Args:
        conf: the settings.
        listen: where the gateway listens.
        servers: the replicas.
        own: whether the gateway has an address of its own; its connections to the replicas then come from there.
        temp_paths: the modules that would put files into places of the package unless they are told where.
        reached: hop → where the gateway reaches it, for the texts that name hops.

    Raises:
        LabError: for a hop that there is not.
    """
    # Workers of a root master would become nobody, who can't enter the round's folder.
    user = "root" if os.geteuid() == 0 else None
    bind = listen.host if own else None
    settings = {name: _filled(value, reached or {}) for name, value in asdict(conf).items()}
    peers = settings.pop("servers") or [f"{server} max_fails={conf.max_fails}" for server in servers]
    return _template().render(settings, listen=listen, servers=peers, bind=bind, user=user, temp_paths=temp_paths)


class ConfFile:
    """`conf/nginx.conf` of a round, and the lock file beside it that the configuration looks at.

    Args:
        folder: the round's.
        conf: the settings at first.
        render: settings as the text of the file.

    Attributes:
        conf: the settings in force.
    """

    def __init__(self, folder: Path, conf: GatewayConf, render: Callable[[GatewayConf], str]) -> None:
        self.conf = conf
        self._folder = folder
        self._render = render
        self._changing = asyncio.Lock()
        self._file.write_text(render(conf), encoding="utf-8")

    @property
    def _file(self) -> Path:
        return self._folder / "conf" / "nginx.conf"

    async def change(
        self,
        settings: Mapping[str, Any],
        test: Callable[[], Awaitable[str]],
        reload: Callable[[], Awaitable[None]],
    ) -> None:
        """Change some settings.

        Args:
            settings: those.
            test: has nginx test `CANDIDATE`; returns its objection, empty when it has none.
            reload: puts the file into force.

        Raises:
            LabError: for a setting that there is not, or with nginx's objection; nothing is changed then.
        """
        async with self._changing:
            conf = self.conf.changed(settings)
            candidate = self._folder / CANDIDATE
            candidate.write_text(self._render(conf), encoding="utf-8")
            try:
                if objection := await test():
                    raise LabError(
                        f"nginx refuses the configuration: {objection.replace(CANDIDATE, 'conf/nginx.conf')}",
                        "The old one is still in force; correct the setting.",
                    )
                candidate.replace(self._file)
            finally:
                candidate.unlink(missing_ok=True)
            self.conf = conf
            await reload()

    def lock(self, locked: bool) -> None:
        """Put the maintenance lock file in place, or take it away."""
        file = self._folder / "data" / "maintenance.lock"
        if locked:
            file.touch()
        else:
            file.unlink(missing_ok=True)


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


def _filled(value: Any, reached: Mapping[str, Address]) -> Any:
    """The value with the addresses of the hops that its texts name."""

    def address(match: re.Match[str]) -> str:
        if match["hop"] not in reached:
            raise LabError(f"The gateway reaches no hop called {match['hop']!r}.", f"It reaches {', '.join(reached)}.")
        at = reached[match["hop"]]
        return {None: str(at), "host": at.host, "port": str(at.port + int(match["off"] or 0))}[match["part"]]

    if isinstance(value, str):
        return _HOP.sub(address, value)
    return [_filled(one, reached) for one in value] if isinstance(value, list | tuple) else value


def _duration(seconds: float) -> str:
    """As nginx writes times: whole seconds, or milliseconds."""
    milliseconds = round(float(seconds) * 1000)
    return f"{milliseconds}ms" if milliseconds % 1000 else f"{milliseconds // 1000}s"
