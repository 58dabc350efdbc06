"""`lab logs`: the first failure and the mix, or one hop's lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import click
from rich.text import Text

from lab.commands.follow import follow
from lab.commands.journal import note
from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.errors import LabError
from lab.logs.line import Line
from lab.logs.reader import read_logs, read_looks
from lab.logs.ref import LineRef, LookRef, parse_ref
from lab.logs.selection import Logs, Selection, around, every, first_failure, of_target
from lab.render.lines import log_lines
from lab.render.tables import pairs, table
from lab.round import client

_TIMES = {"p50": "p50 s", "p95": "p95 s"}
_MIX = {"n": "n", "status": "status", "route": "route", "hop": "reached", "error": "error", **_TIMES}
_OVER_TIME = {"from": "from", "n": "n", "by_status": "status", **_TIMES, "p99": "p99 s"}


@click.command("logs")
@click.argument("target", metavar="[HOP|LOG|REF]", required=False)
@click.option("-f", "--follow", "following", is_flag=True, help="Keep showing new lines, until Ctrl-C.")
@click.option("--rid", help="Lines of one request.")
@click.option("--status", help="Lines with this status: 502, 5xx, none.")
@click.option("--route", help="Lines of one route: checkout, orders, …")
@click.option("--since", metavar="WHEN", help="Lines since 30s or 2m ago, 12:00:05, or an RFC 3339 time.")
@click.option("--until", metavar="WHEN", help="Lines before that.")
@click.option("--around", "centre", metavar="REF", help="A line, its request, and what happened close by.")
@click.option("--grep", metavar="REGEX", help="Lines that match.")
@click.option("--failed", is_flag=True, help="Lines that tell of a failure.")
@click.option("-n", "most", type=click.IntRange(0), help="The last N lines (0: all); by default 10 a log, 40 in all.")
@click.option("--mix", "mixing", is_flag=True, help="Status by route and hop; recorded as a look.")
@click.option("--per", type=click.FloatRange(0.1), metavar="SECONDS", help="With --mix: status over time.")
@round_option
@json_option
def command(
    target: str | None,
    following: bool,
    rid: str | None,
    status: str | None,
    route: str | None,
    since: str | None,
    until: str | None,
    centre: str | None,
    grep: str | None,
    failed: bool,
    most: int | None,
    mixing: bool,
    per: float | None,
    name: str | None,
    as_json: bool,
) -> None:
    """The first failure and the mix, or one hop's lines.

    Without anything: how many requests of which route ended how, the first failing one, and the lines around it.
    With a HOP (gateway, api-1, payments, system, client) or a LOG (gateway/error.log) its numbered lines; with a
    REF (gateway/error.log:17) that line as it was written. What stands in front of a line is how it is cited as
    evidence.
    """
    if per is not None and not mixing:
        raise click.UsageError("--per belongs to --mix.")
    if following and (as_json or mixing or centre):
        raise click.UsageError("--follow shows lines as they come; leave out --json, --mix and --around.")
    named = {
        "rid": rid,
        "status": status,
        "route": route,
        "since": since,
        "until": until,
        "grep": grep,
        "failed": failed,
    }
    filters: dict[str, Any] = {key: said for key, said in named.items() if said}
    chosen = Selection.parse(filters)
    found = client.find_round(name)
    if mixing:
        _mix(found.call("mix", filters=filters, per=per), as_json, per)
        return
    note(found)
    logs: Logs = read_logs(found.folder / "logs")
    ref = parse_ref(target) if target and re.search(r"[:@]", target) else None
    if isinstance(ref, LookRef):
        _look(found.folder, ref.n, as_json)
        return
    if ref:
        _lines([_line(logs, str(ref))], as_json, whole=True)
    elif centre:
        middle = _line(logs, centre)
        _lines(around(logs, middle, 2 if most is None else most), as_json, mark=middle.ref)
    elif following:
        follow(found.folder / "logs", target, chosen, 10 if most is None else most)
    elif target:
        _by_log(of_target(logs, target), chosen, 10 if most is None else most, as_json)
    elif chosen.any() or most is not None:
        kept, left = _last(chosen.of(every(logs)), 40 if most is None else most)
        _lines(kept, as_json)
        _say_left(left, as_json)
    else:
        _overview(found, logs, as_json)


def _overview(found: client.RoundClient, logs: Logs, as_json: bool) -> None:
    """The mix, the first failing request, and the lines around it."""
    first = first_failure(logs)
    near = around(logs, first) if first else []
    if as_json:
        _lines(near, as_json)
        return
    _mix(found.call("mix", filters={}, per=None), as_json, None)
    if first is None:
        show("", "No client saw a failure so far.")
        return
    show("", Text(f"The first failing request, {first.fields.get('rid')}, and the lines around it", "lab.head"))
    show(log_lines(near, mark=first.ref))


def _mix(told: dict[str, Any], as_json: bool, per: float | None) -> None:
    if as_json:
        document(told)
        return
    show(Text.assemble((f"looks.log:{told['look']}", "lab.ref"), "  how requests ended, and the last hop they reached"))
    columns = _OVER_TIME if per else _MIX
    if not any(row.get("error") for row in told["rows"]):
        columns = {key: head for key, head in columns.items() if key != "error"}
    if not told["rows"]:
        show("No requests are like that.")
        return
    rows = [{**row, "from": str(row["from"])[11:19]} for row in told["rows"]] if per else told["rows"]
    show(table(rows, columns))
    if whole := told.get("all"):
        times = ", ".join(f"{name} {whole[name]:.3f} s" for name in ("p50", "p95", "p99") if whole[name] is not None)
        show(f"All {whole['n']} together: {times}.")


def _by_log(logs: Logs, chosen: Selection, most: int, as_json: bool) -> None:
    """Each log on its own, so that its numbers count up."""
    if as_json:
        _lines([line for lines in logs.values() for line in _last(chosen.of(lines), most)[0]], as_json)
        return
    for ref, lines in logs.items():
        kept, left = _last(chosen.of(lines), most)
        show(Text(f"{ref}, {len(lines)} {'line' if len(lines) == 1 else 'lines'}", "lab.head"))
        _say_left(left, as_json)
        show(log_lines(kept), "")


def _last(lines: list[Line], most: int) -> tuple[list[Line], int]:
    """The last `most` lines (0: all), and how many were left out."""
    kept = lines[-most:] if most else lines
    return kept, len(lines) - len(kept)


def _say_left(left: int, as_json: bool) -> None:
    if left and not as_json:
        show(Text(f"… {left} earlier {'line is' if left == 1 else 'lines are'} not shown; -n 0 shows all", "lab.quiet"))


def _lines(lines: Iterable[Line], as_json: bool, *, whole: bool = False, mark: str = "") -> None:
    lines = list(lines)
    if as_json:
        document([{"ref": line.ref, "text": line.text, "fields": dict(line.fields)} for line in lines])
    elif lines:
        show(log_lines(lines, whole=whole, mark=mark))
    else:
        click.echo("No line is like that.", err=True)


def _line(logs: Logs, text: str) -> Line:
    """The line that a reference names."""
    ref = parse_ref(text)
    lines = logs.get(ref.log, ()) if isinstance(ref, LineRef) else ()
    if not isinstance(ref, LineRef) or not 0 < ref.n <= len(lines):
        has = f"{ref.log} has {len(lines)} lines." if isinstance(ref, LineRef) else "Write it as gateway/error.log:17."
        raise LabError(f"There is no line {text} in this round.", has)
    return lines[ref.n - 1]


def _look(folder: Any, n: int, as_json: bool) -> None:
    """A recorded look, value by value."""
    look = next((one for one in read_looks(folder / "looks.log") if one.n == n), None)
    if look is None:
        raise LabError(
            f"There is no look {n} in this round.", "`lab probe`, `lab inspect` and `lab logs --mix` make one."
        )
    if as_json:
        document([{"ref": look.ref, "text": look.what, "fields": dict(look.fields)}])
        return
    show(Text(f"{look.ref}  {look.what}", "lab.head"))
    plain = {key: said for key, said in look.fields.items() if key != "rows"}
    show(pairs(plain))
    if look.fields.get("rows"):
        show("", table(look.fields["rows"]))
