"""The server of a round's links: the embedded one, or a real Toxiproxy that is a process of the round."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from lab.engines.base import Address, Exit
from lab.engines.link import PATIENCE
from lab.engines.process.addresses import Addresses
from lab.engines.process.client import ZygoteClient
from lab.engines.process.layout import Layout
from lab.engines.process.orders import Ended, Order
from lab.errors import LabError
from lab.paths import data_dir
from lab.toxiproxy.address import BadAddress
from lab.toxiproxy.client import Toxiproxy, ToxiproxyError

LinkServer = Literal["embedded", "real"]

_FILES = 4096
_INSTALL = "Put toxiproxy-server 2.12.0 on PATH, name one in LAB_TOXIPROXY, or leave --link-server out."


@asynccontextmanager
async def link_server(
    kind: LinkServer, layout: Layout, at: Addresses, zygote: ZygoteClient, on_exit: Callable[[Exit], None]
) -> AsyncIterator[Toxiproxy | None]:
    """The server with a proxy for each link, called as the hop behind it; None where all routes are direct.

    Args:
        kind: which server.
        layout: of the system.
        at: of the system.
        zygote: starts a real one.
        on_exit: told when a real one ends by itself.

    Raises:
        LabError: on entering, when it can't be had, does not answer or refuses.
    """
    if at.control is None:
        yield None
        return
    ends = dict(zip(layout.plan.apis, at.apis, strict=True)) | {"payments": at.payments}
    server = _real(layout, at.control, zygote, on_exit) if kind == "real" else _embedded(at.control)
    async with server as client:
        try:
            await client.ready()
            await client.populate(
                [{"name": hop, "listen": str(near), "upstream": str(ends[hop])} for hop, near in at.links.items()]
            )
        except ToxiproxyError as error:
            raise LabError(f"The links could not be made: {error.what}", error.cure, code=3) from error
        yield client


@asynccontextmanager
async def _embedded(control: Address) -> AsyncIterator[Toxiproxy]:
    """The lab's own server, inside this process, where it dies with the round."""
    from lab.toxiproxy.server import Server

    try:
        async with Server(control.host, control.port, journal=True):
            yield Toxiproxy(control.host, control.port, timeout=PATIENCE)
    except BadAddress as error:
        raise LabError(f"The links' server can't listen on {control}: {error}.", "Start the round again.") from error


@asynccontextmanager
async def _real(
    layout: Layout, control: Address, zygote: ZygoteClient, on_exit: Callable[[Exit], None]
) -> AsyncIterator[Toxiproxy]:
    """A real Toxiproxy. It is no hop, so the process log does not name it."""
    order = Order(
        # Not in the stack's scope: it is ended after all that is, and then its end is asked for.
        key=f"{layout.scope}-link",
        round=layout.round,
        folder=str(layout.folder),
        # It names every toxic there, and the round's folder is the trainee's.
        output=os.devnull,
        files=_FILES,
        argv=(str(find()), "-host", control.host, "-port", str(control.port)),
    )
    leaving = False

    def ended(end: Ended) -> None:
        if not leaving:
            on_exit(Exit("link", end.code, end.signal, asked=False))

    try:
        await zygote.spawn(order, lambda _: None, ended)
        yield Toxiproxy(control.host, control.port, timeout=PATIENCE)
    finally:
        leaving = True
        if not zygote.lost:
            await zygote.end(order.key, 0)


def find() -> Path:
    """The program: `$LAB_TOXIPROXY`, else the first on PATH or in the checkout.

    Raises:
        LabError: when there is none.
    """
    if chosen := os.environ.get("LAB_TOXIPROXY"):
        path = Path(chosen).expanduser().absolute()
        if not os.access(path, os.X_OK) or path.is_dir():
            raise LabError(f"LAB_TOXIPROXY={chosen} is not a program.", "Correct it, or leave it unset.")
        return path
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), str(data_dir("proxy").parent / ".toxiproxy")])
    if found := shutil.which("toxiproxy-server", path=search):
        return Path(found).absolute()
    raise LabError("There is no toxiproxy-server on this machine.", _INSTALL)
