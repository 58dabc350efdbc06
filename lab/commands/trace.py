"""`lab trace`: one request across all hops."""

from __future__ import annotations

import click
from rich.text import Text

from lab.commands.journal import note
from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.errors import LabError
from lab.logs.line import Line
from lab.logs.reader import read_logs
from lab.logs.selection import Logs, every
from lab.logs.trace import trace
from lab.render.console import bullets
from lab.render.lines import log_lines
from lab.round import client


@click.command("trace")
@click.argument("rid")
@round_option
@json_option
def command(rid: str, name: str | None, as_json: bool) -> None:
    """One request across all hops.

    RID is the value of X-Request-Id, or its beginning. The lines of error.log and access.log, which have no
    request id, are joined by connection, time and request line.
    """
    found = client.find_round(name)
    note(found)
    logs = read_logs(found.folder / "logs")
    rid = _whole(logs, rid)
    lines = trace(every(logs), rid)
    if as_json:
        document([{"ref": line.ref, "text": line.text, "fields": dict(line.fields)} for line in lines])
        return
    show(Text(f"Request {rid}", "lab.head"), log_lines(lines))
    if silent := silent_logs(logs, lines):
        show(
            "",
            "No line about it, which can be cited as evidence too:",
            bullets(f"absent:{ref}@{rid}" for ref in silent),
        )


def silent_logs(logs: Logs, lines: tuple[Line, ...]) -> list[str]:
    """The first logs on its way that have no line about a request: the hop that it never reached.

    That a hop further on is silent too follows from it, and proves nothing more.
    """
    spoke = {line.log for line in lines}
    if "gateway/lab.log" not in spoke:
        return ["gateway/lab.log"]
    apis = [ref for ref in logs if ref.startswith("api-") and ref.endswith("/app.log")]
    return [] if spoke.intersection(apis) else apis


def _whole(logs: Logs, beginning: str) -> str:
    """The one request id that begins so."""
    ids = sorted(
        {str(rid) for line in every(logs) if (rid := line.fields.get("rid")) and str(rid).startswith(beginning)}
    )
    if beginning in ids:
        return beginning
    if not ids:
        raise LabError(f"No line is about a request {beginning}.", "`lab logs` shows the first failing request's id.")
    if len(ids) > 1:
        raise LabError(f"{len(ids)} requests begin with {beginning}.", f"Give more of it, such as {ids[0]}.", code=2)
    return ids[0]
