"""`lab toxiproxy`: the embedded Toxiproxy-compatible server on its own."""

from __future__ import annotations

import asyncio
import logging
import signal
from pathlib import Path
from typing import Any

import click

from lab.errors import LabError


@click.command("toxiproxy")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of the control API.")
@click.option("--port", default=8474, show_default=True, type=click.IntRange(0, 65535), help="Its port; 0 is any.")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="JSON list of proxies to begin with.",
)
@click.option("--seed", type=int, help="Repeat the draws of toxicity, jitter and slices.")
@click.option("--populate-toxics", is_flag=True, help="Take the toxics inside populate's and the file's proxies.")
@click.option("--transparent", is_flag=True, help="Pass an RST on as an RST, and a half-close as a half-close.")
@click.option("--proxy-metrics", is_flag=True, help="Count bytes under /metrics.")
@click.option("--runtime-metrics", is_flag=True, help="Show this process under /metrics.")
def command(host: str, port: int, config: Path | None, **options: Any) -> None:
    """The embedded Toxiproxy-compatible server, on its own.

    It serves Toxiproxy's control API and its proxies until it is interrupted. Without further options it
    behaves as Toxiproxy 2.12.0 does, so any client of that works with it.
    """
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    asyncio.run(_serve(host, port, config, options))


async def _serve(host: str, port: int, config: Path | None, options: dict[str, Any]) -> None:
    from lab.toxiproxy.address import BadAddress
    from lab.toxiproxy.config import BadConfig, read_config
    from lab.toxiproxy.refused import Refused
    from lab.toxiproxy.server import Server

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = Server(host, port, **options)
    try:
        entries = read_config(config) if config else []
        async with server:
            await server.populate(entries)
            click.echo("Toxiproxy API on http://{}:{}".format(*server.address))
            await stop.wait()
    except BadConfig as error:
        raise LabError(str(error), "Mend the file, or start without --config.", code=2) from None
    except Refused as error:
        raise LabError(f"{config}: {error}.", "Mend the file, or start without --config.", code=1) from None
    except BadAddress as error:
        raise LabError(
            f"The control API can't listen on {host}:{port}: {error}.", "Give another --port; 0 takes a free one."
        ) from None
