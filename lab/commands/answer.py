"""`lab answer`: say what is broken, and have it graded."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from lab.commands.options import json_option, round_option
from lab.commands.output import document, show
from lab.errors import LabError
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
        parts, cited = ask(found.call("brief")["questions"])
        if not parts and not cited:
            show("Nothing was answered, so no try was used.")
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


def ask(questions: Sequence[Mapping[str, Any]]) -> tuple[dict[str, str], list[str]]:
    """Ask part by part; an empty answer skips. Returns the parts and the evidence."""
    show("Enter skips a question; an unanswered part scores nothing. Ctrl-C leaves without using a try.")
    parts: dict[str, str] = {}
    cited: list[str] = []
    for question in questions:
        part = str(question["part"])
        show("", str(question["ask"]))
        if choices := question.get("choices"):
            show(paragraph(" · ".join(str(choice) for choice in choices)))
        if part == "evidence":
            cited = _ask_evidence()
            continue
        if value := _ask_value(part, bool(choices)):
            parts[part] = value
    return parts, cited


def _ask_value(part: str, closed: bool) -> str:
    """One value; of a closed set it is asked for until it is one of them."""
    while True:
        said = str(click.prompt(f"  {part.replace('_', ' ')}", default="", show_default=False)).strip()
        if not said or not closed:
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


def _ask_evidence() -> list[str]:
    """Up to three references, each of a form that can be read."""
    from lab.logs.ref import parse_ref

    cited: list[str] = []
    while len(cited) < MOST_EVIDENCE:
        said = str(click.prompt(f"  evidence {len(cited) + 1}", default="", show_default=False)).strip()
        if not said:
            break
        try:
            cited.append(str(parse_ref(said)))
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
    return "`lab give-up` shows the key, `lab debrief` the whole story."
