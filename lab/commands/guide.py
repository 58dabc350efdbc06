"""`lab guide`: the reference pages."""

from __future__ import annotations

import click

from lab.commands.options import json_option
from lab.commands.output import document, show
from lab.commands.status import OVER
from lab.render.console import paragraph


@click.command("guide")
@click.argument("topic", default="index", required=False)
@click.option("--spoilers", is_flag=True, help="Name the scenarios also while a round is open.")
@json_option
def command(topic: str, spoilers: bool, as_json: bool) -> None:
    """What an error means, who makes it, what to look at first.

    TOPIC is a status code (502), an errno by number or name (111, ECONNREFUSED), or symptoms, checklist, mix,
    below-http, timeouts or measured; without it you get the decision tree.

    A cause names the scenarios that play it, which spoils them; while a round is open these are left out.
    """
    from lab.guide.book import Book
    from lab.guide.material import material
    from lab.guide.page import as_data
    from lab.render.guide import guide
    from lab.round import client

    hidden = not spoilers and any(one["state"] not in OVER for one in client.list_rounds())
    page = Book(material(spoilers=not hidden)).find(topic)
    if as_json:
        document(as_data(page))
        return
    show(guide(page), "")
    show(paragraph("A number or word in brackets, or behind an arrow, is a page: `lab guide 504`.", indent=0))
    if hidden:
        show(paragraph("A round is open, so no scenario is named; --spoilers names them.", indent=0))
