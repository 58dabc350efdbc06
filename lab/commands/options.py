"""Options that several commands share."""

from __future__ import annotations

import click

from lab.engines import ENGINES

round_option = click.option("--round", "name", metavar="R", help="The round; by default the newest that isn't closed.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else there.")
link_server_option = click.option(
    "--link-server",
    type=click.Choice(["embedded", "real"]),
    help="What runs links between processes: the lab's own server, or toxiproxy-server.",
)
engine_option = click.option(
    "--engine", type=click.Choice(list(ENGINES)), default="process", show_default=True, help="Where the system runs."
)
