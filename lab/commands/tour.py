"""`lab tour`: one healthy request, hop by hop, with measured times: lesson 0."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.text import Text

from lab.commands.options import engine_option
from lab.commands.output import progress, show
from lab.errors import LabError
from lab.logs.line import Line
from lab.logs.reader import read_logs
from lab.logs.selection import every
from lab.logs.trace import trace
from lab.render.console import Hanging, Unwrapped, paragraph, seconds
from lab.render.lines import log_lines
from lab.render.waterfall import Phase, waterfall
from lab.round import client

SCENARIO, SEED, MINUTES = "healthy", 7, 10
REQUEST = {"path": "/checkout", "method": "POST", "body": json.dumps({"order_id": 1})}
PATIENCE = 3.0
"""Seconds in which every hop must have written what it did."""


@click.command("tour")
@engine_option
def command(engine: str) -> None:
    """One healthy request, hop by hop: lesson 0.

    It opens a system in which nothing is broken, sends one request through all of it, shows what each hop wrote
    and how long each took, and takes it down again.
    """
    show(Text("Nothing is broken here: this is how a good request looks. Opening the system …", "lab.head"))
    told = client.start_round(
        SCENARIO, level=None, family=None, seed=SEED, engine=engine, minutes=MINUTES, progress=progress(False)
    )
    try:
        _walk(client.find_round(told["round"]))
    finally:
        client.stop_round(told["round"])
        client.purge_round(told["round"])  # it was no round to be debriefed
    show("", "The system is down again. `lab demo` shows a broken one; `lab start` gives you one.")


def _walk(found: client.RoundClient) -> None:
    look = found.call("probe", via="gateway", headers=[], times=1, **REQUEST)["looks"][0]
    lines = _written(found, str(look["rid"]))
    by_log = {line.log: line for line in lines}
    gateway = by_log["gateway/lab.log"].fields
    api, payments = (_finished(lines, hop) for hop in ("api", "payments"))
    show(
        "",
        Text("client → gateway (nginx) → api → payments", "lab.name"),
        paragraph(
            f"The client sent {look['request']} and got {look['status']} after {seconds(look['phases']['total'])}."
            f" The request's id, {look['rid']}, is in every hop's log.",
            indent=0,
        ),
        "",
        Unwrapped(waterfall(bars(look["phases"], gateway, api, payments), width=78)),
        "",
        Text("The gateway measures four durations; most of the craft is to read them", "lab.head"),
    )
    for key, tells in (
        ("uct", "to connect to the api; - means it never did"),
        ("uht", "until the api's whole response header was there; - means none came"),
        ("urt", "until the last byte from the api"),
        ("rt", "in all, from the client's first byte to the last one sent to it"),
    ):
        show(Hanging(f"  {key:<4} {seconds(gateway.get(key)):>8}  {tells}", indent=17))
    show("", Text("What each hop wrote about it", "lab.head"), log_lines(lines))


def bars(
    client_phases: Mapping[str, Any], gateway: Mapping[str, Any], api: Mapping[str, Any], payments: Mapping[str, Any]
) -> list[Phase]:
    """One bar a hop. Each begins where the hop before handed over, as far as the logs tell."""
    connected = float(client_phases["tcp"] or 0.0)
    handed = connected + float(gateway["uct"] or 0.0)
    into = max(0.0, _begin(payments) - _begin(api))  # both are stamped by the same machine's clock
    return [
        Phase("client", 0.0, float(client_phases["total"])),
        Phase("gateway", connected, connected + float(gateway["rt"])),
        Phase("api", handed, handed + float(api["ms"]) / 1000),
        Phase("payments", handed + into, handed + into + float(payments["ms"]) / 1000),
    ]


def _begin(finished: Mapping[str, Any]) -> float:
    return float(finished["at"]) - float(finished["ms"]) / 1000


def _finished(lines: Sequence[Line], hop: str) -> Mapping[str, Any]:
    """The fields of the line by which a hop says that it is done with the request."""
    return next(
        line.fields for line in lines if line.log.startswith(hop) and line.fields.get("event") == "request.finished"
    )


def _written(found: client.RoundClient, rid: str) -> tuple[Line, ...]:
    """The request's lines, once every hop has written its last one.

    Raises:
        LabError: when one has not within `PATIENCE`; it names what is there.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        lines = trace(every(read_logs(found.folder / "logs")), rid)
        done = {line.log.partition("/")[0].partition("-")[0] for line in lines if _last_word(line)}
        if done >= {"gateway", "api", "payments"}:
            return lines
        if time.monotonic() > deadline:
            raise LabError(
                f"Only {', '.join(sorted(done)) or 'no hop'} logged the tour's request in {PATIENCE:g} s.",
                f"Look into {found.folder / 'logs'}, and run `lab doctor`.",
                code=3,
            )
        time.sleep(0.02)


def _last_word(line: Line) -> bool:
    return line.kind == "gateway-lab" or line.fields.get("event") == "request.finished"
