"""`lab probe`: a safe curl, recorded as a look."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
from rich.console import RenderableType
from rich.text import Text

from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.render.console import Hanging, Unwrapped, paragraph
from lab.render.waterfall import Phase, waterfall
from lab.round import client


@click.command("probe")
@click.argument("path")
@click.option("--via", default="gateway", show_default=True, help="The hop to ask: gateway, api-1, payments, …")
@click.option("-X", "--method", help="By default GET, with a body POST.")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="May be given several times.")
@click.option("-d", "--body", help="The request's body.")
@click.option("--times", type=click.IntRange(1, 20), default=1, show_default=True, help="One after the other.")
@round_option
@json_option
def command(
    path: str,
    via: str,
    method: str | None,
    headers: tuple[str, ...],
    body: str | None,
    times: int,
    name: str | None,
    as_json: bool,
) -> None:
    """Send one request yourself, with a time for each phase.

    PATH is one of api.md in the round's folder, such as /health. Each probe is kept in looks.log and can be cited
    as evidence. With --times N and --json the document is an array.
    """
    for header in headers:
        if ":" not in header:
            raise click.BadParameter(f"{header!r} has no colon.", param_hint="--header")
    found = client.find_round(name)
    method = (method or ("GET" if body is None else "POST")).upper()
    looks = found.call("probe", path=path, via=via, method=method, headers=list(headers), body=body, times=times)[
        "looks"
    ]
    if as_json:
        document(looks[0] if times == 1 else looks)
        return
    if "url" in looks[0]:
        show(Unwrapped(f"$ {as_curl(looks[0], method, headers, body)}", style="lab.quiet"))
    if times == 1:
        show("", view(looks[0]))
        return
    for look in looks:
        show(Hanging(f"looks.log:{look['look']}  {_outcome(look)}  {look['phases']['total']:.3f} s"))


def as_curl(look: Mapping[str, Any], method: str, headers: Sequence[str], body: str | None) -> str:
    """The same request as a curl command."""
    words = ["curl", "-i"]
    if method != ("GET" if body is None else "POST"):
        words += ["-X", method]
    for header in look.get("headers_sent", headers):  # with those that the round added, such as a token
        words += ["-H", header]
    if body is not None:
        words += ["--data", body]
    return shlex.join([*words, str(look["url"])])


def view(look: Mapping[str, Any]) -> Iterator[RenderableType]:
    """One probe, as a person reads it."""
    yield Text.assemble(
        (f"looks.log:{look['look']}", "lab.ref"), f"  {look['request']} via {look['via']}: {_outcome(look)}"
    )
    if look.get("detail"):
        yield paragraph(str(look["detail"]))
    yield Text("")
    yield Unwrapped(waterfall(phases(look["phases"]), width=72))
    if look["headers"]:
        yield Text("")
        for name, said in look["headers"].items():
            yield Hanging(Text.assemble((f"  {name}: ", "lab.name"), str(said)))
    if look["body"]:
        yield Text("")
        for row in str(look["body"]).splitlines():
            yield Hanging(f"  {row}", indent=2)


def phases(ends: Mapping[str, float | None]) -> list[Phase]:
    """Bars from the times at which phases were over; a phase that was not reached has none."""
    names = {"dns": "name", "tcp": "connect", "tls": "TLS", "first_byte": "first byte", "total": "rest"}
    bars, start = [], 0.0
    for key, name in names.items():
        end = ends.get(key)
        if end is None or (key == "dns" and end == 0):
            continue
        if key == "total" and ends.get("first_byte") is None:
            name = "waited in vain" if ends.get("tcp") is not None else "no connection"
        bars.append(Phase(name, start, end))
        start = end
    return bars


def _outcome(look: Mapping[str, Any]) -> str:
    said = str(look["status"]) if look["status"] is not None else "no status"
    if look.get("error"):
        said += f", {look['error']}"
    return said + (f" (errno {look['errno']})" if look.get("errno") is not None else "")
