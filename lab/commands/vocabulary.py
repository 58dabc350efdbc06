"""`lab vocabulary`: the closed sets in which answers are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from lab.commands.options import json_option
from lab.commands.output import document, show
from lab.render.console import Hanging

if TYPE_CHECKING:
    from lab.catalog.vocabulary import SetName

SETS: tuple[SetName, ...] = ("layers", "hops", "mechanisms", "next_steps", "patterns", "retries")


@click.command("vocabulary")
@click.argument("name", metavar="[SET]", type=click.Choice(SETS), required=False)
@json_option
def command(name: str | None, as_json: bool) -> None:
    """The closed sets in which answers are given.

    SET is layers, hops, mechanisms, next_steps, patterns or retries; without it all of them. An answer may use an
    id, a title or any of the aliases.
    """
    from lab.catalog.load import load_vocabulary

    vocabulary = load_vocabulary()
    sets = {one: vocabulary.terms(one) for one in SETS if name in (None, one)}
    if as_json:
        keys = {"id", "title", "aliases"}
        document({one: [term.model_dump(include=keys, mode="json") for term in terms] for one, terms in sets.items()})
        return
    for one, terms in sets.items():
        show(Text(one.replace("_", " ").capitalize(), "lab.head"))
        for term in terms:
            show(Hanging(Text.assemble("  ", (term.id, "lab.name"), f": {term.says}")))
            # An id of a scenario is an alias of its mechanism, and a spoiler: people see those of the file only.
        show("")
