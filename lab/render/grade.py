"""A grade: the verdict first, then each part with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from lab.render.console import paragraph
from lab.render.tables import value

_STYLES = {"right": "lab.good", "partly": "lab.part", "wrong": "lab.bad"}


def grade(result: Mapping[str, Any]) -> Iterator[RenderableType]:
    """A view of what `lab answer --json` prints."""
    passed = result["passed"]
    left = result["tries_left"]
    said = f": {result['score']:g} of 100"
    if result.get("deducted"):
        said += f" ({result['deducted']:g} off for earlier tries and hints)"
    if not passed:
        tries = "no tries" if not left else f"{left} {'try' if left == 1 else 'tries'}"
        said += f", try {result['try']}; {tries} left"
    yield Text.assemble(("Passed" if passed else "Not passed", "lab.good" if passed else "lab.bad"), said + ".")
    for part in result["parts"]:
        yield Text("")
        verdict = str(part["verdict"])
        yield Text.assemble(
            (f"  {_spoken(str(part['part'])):<13}", "lab.name"),
            (f"{verdict:<9}", _STYLES.get(verdict, "lab.quiet")),
            f"{_points(part):>9}   {value(part['given'])}",
        )
        yield paragraph(str(part["reason"]), indent=4)
        if line := part.get("line"):
            yield paragraph(f"See {line}", indent=4)


def key(parts: Mapping[str, Any]) -> Iterator[RenderableType]:
    """A view of an answer key: of each part every accepted value and why it is good, and the facts that prove it.

    Args:
        parts: part → `{accepted: {value: why}}`; `evidence` → an array of `{says, example}`.
    """
    for part, accepts in parts.items():
        yield Text("")
        yield Text(f"  {_spoken(part)}", "lab.name")
        if part == "evidence":
            for fact in accepts:
                example = f" ({fact['example']})" if fact.get("example") else ""
                yield paragraph(f"{fact['says']}{example}", indent=4)
            continue
        for accepted, why in accepts["accepted"].items():
            yield paragraph(f"{accepted}: {why}" if why else str(accepted), indent=4)


def _spoken(part: str) -> str:
    return part.replace("_", " ")


def _points(part: Mapping[str, Any]) -> str:
    return "-" if part["verdict"] == "withheld" else f"{part['points']:g} of {part['of']:g}"
