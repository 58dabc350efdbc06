"""`lab new`: a commented file for a new scenario, made from the models' own words."""

from __future__ import annotations

import re
from pathlib import Path

import click

from lab.catalog.load import load_scenarios, load_vocabulary
from lab.catalog.scenario import Scenario
from lab.commands.output import show
from lab.commands.start import FAMILIES
from lab.commands.template import template
from lab.errors import LabError
from lab.paths import data_dir

_FIRST = ("amber", "brisk", "cedar", "dusky", "early", "faint", "gentle", "hollow", "ivory", "jolly", "keen", "lofty")
_SECOND = ("anvil", "bridge", "candle", "door", "engine", "field", "garden", "harbour", "island", "kettle", "lantern")


@click.command("new")
@click.argument("id_", metavar="ID")
@click.option(
    "--family", type=click.Choice(FAMILIES), metavar="F", required=True, help=f"One of {', '.join(FAMILIES)}."
)
@click.option("--mechanism", required=True, help="One of `lab vocabulary mechanisms`.")
@click.option("--codename", help="Two neutral words; by default a pair that is free.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the families' folders are; by default where the catalogue is read from.",
)
def command(id_: str, family: str, mechanism: str, codename: str | None, into: Path | None) -> None:
    """Write a commented file for a new scenario.

    ID becomes the file's name. Every key stands in it with what it means: those that are needed with something
    to replace, the others as comments with their defaults. An existing file is never written over.
    """
    term = load_vocabulary().term("mechanisms", mechanism)
    values = {"id": id_, "family": family, "mechanism": term.id, "codename": codename or _free_codename(id_)}
    for key in ("id", "codename"):
        _check(key, values[key])
    path = (into or data_dir("scenarios")) / family / f"{id_}.yaml"
    text = template(values)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise LabError(f"{path} is there already.", "Choose another id, or edit that file.", code=2) from error
    except OSError as error:
        raise LabError(f"{path} cannot be written: {error.strerror}.", "Choose another folder with --into.") from error
    show(f"{path} is written. Fill it in, then prove it: `lab verify {id_}`.")


def _check(key: str, said: str) -> None:
    """Refuse what the loader would refuse, before anything is written."""
    pattern = next(str(meta.pattern) for meta in Scenario.model_fields[key].metadata if hasattr(meta, "pattern"))
    if not re.fullmatch(pattern, said):
        forms = {
            "id": "lower case words with dashes, such as slow-export",
            "codename": "two lower case words, amber-door",
        }
        raise LabError(f"{said!r} is no {key}.", f"Write {forms[key]}.", code=2)


def _free_codename(id_: str) -> str:
    """A pair of words that no scenario has; the same id begins at the same pair."""
    taken = {scenario.codename for scenario in load_scenarios().values()}
    pairs = [f"{first}-{second}" for first in _FIRST for second in _SECOND]
    start = sum(id_.encode()) % len(pairs)
    return next(pair for pair in pairs[start:] + pairs[:start] if pair not in taken)
