"""`lab demo`: a whole round, played for somebody who watches.

Nothing in it is prepared: the round is a real one, the lines are found in its logs by the named request's id and
by kind, and both grades are the round's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.text import Text

from lab.commands.options import engine_option
from lab.commands.output import progress, show
from lab.errors import LabError
from lab.logs.line import Line
from lab.logs.reader import read_logs
from lab.logs.selection import every, when
from lab.logs.trace import trace
from lab.render.console import console, paragraph
from lab.render.debrief import debrief
from lab.render.grade import grade
from lab.render.lines import log_lines
from lab.round import client

SCENARIO, SEED, MINUTES = "crash-mid-request", 7, 10

HASTY = {
    "status": "502",
    "layer": "tcp",
    "written_by": "gateway",
    "fault_at": "api",
    "mechanism": "process-not-running",
    "next_step": "start-process",
}
"""What somebody answers who has seen many 502s and reads only the status."""

CAREFUL = {
    "status": "502",
    "layer": "app",
    "written_by": "gateway",
    "fault_at": "api",
    "mechanism": "process-killed",
    "next_step": "check-process",
}
"""What the lines prove."""

_TELLS = {
    "client": "What the client saw:",
    "gateway-lab": "The gateway's own view. It connected (uct has a value) and got no header (uht is -):",
    "gateway-error": "The gateway's error log says in which phase it went wrong:",
    "app": "The api had the request in hand, and no line says that it finished:",
    "process": "And the service manager knows why:",
}
"""Kind of line → the sentence before it, in the order in which one would look."""


@click.command("demo")
@engine_option
def command(engine: str) -> None:
    """A whole round played before your eyes.

    It opens one, reads its logs, gives a hasty answer and a careful one, and takes it down again.
    """
    show(Text("A small shop, broken on purpose. Opening the round …", "lab.head"))
    told = client.start_round(
        SCENARIO, level=None, family=None, seed=SEED, engine=engine, minutes=MINUTES, progress=progress(False)
    )
    try:
        _play(told)
    finally:
        stopped = client.stop_round(told["round"])
    left = [one for rows in stopped["left_behind"].values() for one in rows]
    show("", f"The round is down; left behind: {', '.join(map(str, left)) or 'nothing'}.")
    show("Now you: `lab start` opens a round whose answer you don't know. `lab list` shows them all.")


def _play(told: Mapping[str, Any]) -> None:
    found = client.find_round(told["round"])
    rid = str(told["request_id"])
    lines = decisive(every(read_logs(found.folder / "logs")), rid)
    show(Text.assemble("The gateway is ", (told["url"], "lab.name"), f"; the request in question is {rid}."))
    for kind, sentence in _TELLS.items():
        show("", Text(sentence, "lab.head"), log_lines(lines[kind], footnote=False))
    show("", paragraph("Each line is cited by the name and number in front of it.", indent=0))

    hasty = [lines["gateway-lab"][0].ref]
    _head("A hasty answer: 502, so the api must be down", hasty)
    show(grade(found.call("answer", parts=HASTY, evidence=hasty)))
    careful = [lines["gateway-error"][0].ref, lines["process"][0].ref]
    _head("A careful answer: the process was killed with the request in hand", careful)
    show(grade(found.call("answer", parts=CAREFUL, evidence=careful)))
    _head("The debrief", ())
    show(debrief(found.call("debrief"), console()))


def decisive(lines: Sequence[Line], rid: str) -> dict[str, list[Line]]:
    """The lines that decide, by kind: those of the named request, and the exit nearest to its end.

    Raises:
        LabError: when the round did not leave one of them; then it was not the round that the demo tells of.
    """
    found: dict[str, list[Line]] = {kind: [] for kind in _TELLS}
    request = trace(lines, rid)
    for line in request:
        if line.kind in found and line.log.partition("/")[0] != "payments":
            found[line.kind].append(line)
    end = max((when(line) for line in request), default=0.0)
    exits = [line for line in lines if line.kind == "process" and line.fields.get("event") == "exited"]
    found["process"] = sorted(exits, key=lambda line: abs(when(line) - end))[:1]
    lacking = [kind for kind, some in found.items() if not some]
    if lacking:
        raise LabError(f"The demo's round left no line of {', '.join(lacking)}.", "Run `lab demo` again.", code=3)
    return found


def _head(text: str, cited: Sequence[str]) -> None:
    show("", Text(text, "lab.head"))
    if cited:
        show(f"  evidence: {', '.join(cited)}")
