"""`lab answer`: say what is broken, and have it graded."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.errors import LabError
from lab.logs.reader import read_logs
from lab.logs.selection import Logs
from lab.render.console import paragraph
from lab.render.grade import grade
from lab.round import client

MOST_EVIDENCE = 3


@click.command("answer")
@click.option("--status", help="What the client got: 502, or none.")
@click.option("--layer", help="request, dns, tcp, tls, gateway, app, data, dependency or none.")
@click.option("--written-by", help="The hop that wrote what the client saw.")
@click.option("--fault-at", help="The hop where the fault is.")
@click.option("--mechanism", help="One of `lab vocabulary mechanisms`.")
@click.option("--next-step", help="One of `lab vocabulary next_steps`.")
@click.option(
    "--evidence",
    multiple=True,
    metavar="REF",
    help="gateway/error.log:17, looks.log:4 or absent:api-1/app.log@REQUEST_ID; at most three times.",
)
@click.option(
    "--part", "others", multiple=True, metavar="NAME=VALUE", help="A part of this round's own, such as onset."
)
@round_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    evidence: tuple[str, ...],
    others: tuple[str, ...],
    name: str | None,
    as_json: bool,
    **said: str,
) -> None:
    """Say what is broken, and have it graded.

    Without flags, in a terminal, it asks part by part. Values are ids or aliases of `lab vocabulary`. Parts that
    are left out score nothing and don't stop a pass. Exits with 1 when the answer doesn't pass.
    """
    parts = {part: value for part, value in said.items() if value is not None} | dict(_pair(other) for other in others)
    found = client.find_round(name)
    cited = list(evidence)
    if not parts and not cited:
        if as_json or not interactive():
            raise LabError(
                "There is no answer.", "Give flags, such as --mechanism; `lab answer --help` lists them.", code=2
            )
        _must_be_open(found)
        parts, cited = ask(found.call("brief")["questions"], read_logs(found.folder / "logs"))
        if (not parts and not cited) or not _confirmed(parts, cited):
            show("No try was used.")
            ctx.exit(1)
    if len(cited) > MOST_EVIDENCE:
        raise LabError(f"{len(cited)} pieces of evidence are too many.", "Give the three that prove most.", code=2)
    result = found.call("answer", parts=parts, evidence=cited)
    if as_json:
        document(result)
    else:
        show(grade(result), "", _next(result))
    if not result["passed"]:
        ctx.exit(1)


def interactive() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _must_be_open(found: client.RoundClient) -> None:
    """Ask nothing that will not be graded."""
    state = found.call("status")
    if state["state"] == "open" and not state["tries_left"]:
        raise LabError("All three tries are used.", "`lab give-up` ends the round and shows the key.")
    if state["state"] in ("passed", "given-up"):
        raise LabError("The round is decided already.", "`lab debrief` tells what happened; `lab start` opens another.")


def _confirmed(parts: Mapping[str, str], cited: Sequence[str]) -> bool:
    """Show the whole answer, and ask whether it is meant."""
    show("", "Your answer:")
    show(*(paragraph(f"{part.replace('_', ' ')}: {value}") for part, value in parts.items()))
    show(paragraph(f"evidence: {', '.join(cited) or 'none, so nothing is proven'}"))
    return click.confirm("Hand it in? It uses a try", default=True)


def ask(questions: Sequence[Mapping[str, Any]], logs: Logs | None = None) -> tuple[dict[str, str], list[str]]:
    """Ask part by part; an empty answer skips. Returns the parts and the evidence.

    Args:
        questions: the round's.
        logs: the round's, to tell at once when a line that is cited is not there.
    """
    show("Enter skips a question; an unanswered part scores nothing. Ctrl-C leaves without using a try.")
    parts: dict[str, str] = {}
    cited: list[str] = []
    for question in questions:
        part = str(question["part"])
        show("", str(question["ask"]))
        if choices := question.get("choices"):
            show(paragraph(" · ".join(str(choice) for choice in choices)))
        if part == "evidence":
            cited = _ask_evidence(logs)
            continue
        if value := _ask_value(part, bool(choices), question.get("of")):
            parts[part] = value
    return parts, cited


def _ask_value(part: str, closed: bool, of: Any = None) -> str:
    """One value, asked for until it can be read: one of a closed set, or a measurement with its unit."""
    while True:
        said = str(click.prompt(f"  {part.replace('_', ' ')}", default="", show_default=False)).strip()
        if not said:
            return said
        if part == "status" and not re.fullmatch(r"[1-5][0-9][0-9]|none", said):
            show(paragraph("A status is three digits, or none where no status arrived."))
            continue
        if of:
            from lab.grading.measure import read

            try:
                read(of, said)
            except LabError as error:
                show(paragraph(str(error)))
                continue
        if not closed:
            return said
        from lab.catalog.load import load_vocabulary
        from lab.catalog.vocabulary import SET_OF_PART

        try:
            term = load_vocabulary().term(SET_OF_PART[part], said)
        except LabError as error:
            show(paragraph(str(error)))
            continue
        show(paragraph(f"= {term.id}: {term.says}", indent=4))
        return term.id


def _ask_evidence(logs: Logs | None) -> list[str]:
    """Up to three references, each of a form that can be read and of a line that is there."""
    from lab.logs.ref import LineRef, parse_ref

    cited: list[str] = []
    while len(cited) < MOST_EVIDENCE:
        said = str(click.prompt(f"  evidence {len(cited) + 1}", default="", show_default=False)).strip()
        if not said:
            break
        try:
            ref = parse_ref(said)
            if logs is not None and isinstance(ref, LineRef) and not 0 < ref.n <= len(logs.get(ref.log, ())):
                raise LabError(f"There is no line {ref}.", f"{ref.log} has {len(logs.get(ref.log, ()))} lines.")
            cited.append(str(ref))
        except LabError as error:
            show(paragraph(str(error)))
    return cited


def _pair(text: str) -> tuple[str, str]:
    """`NAME=VALUE`, split."""
    part, sign, value = text.partition("=")
    if not sign or not part:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE.", param_hint="--part")
    return part.replace("-", "_"), value


def _next(result: Mapping[str, Any]) -> str:
    if result["passed"]:
        return "`lab debrief` tells the whole story; `lab stop` takes the round down."
    if result["tries_left"]:
        return "Look again and answer again, or take a `lab hint`."
    return "`lab give-up` ends the round and shows the key; `lab debrief` then tells the whole story."
