"""What commands print: one JSON document, or views; and the lines about progress."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, cast

import click
from rich.console import RenderableType
from rich.protocol import is_renderable

from lab.render.console import console


def document(content: Any) -> None:
    """Print the one JSON document of `--json`."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))


def show(*views: RenderableType | Iterable[RenderableType]) -> None:
    """Print views, one under the other."""
    out = console()
    for view in views:
        for one in [view] if is_renderable(view) else cast(Iterable[RenderableType], view):
            out.print(cast(RenderableType, one), crop=False)  # lines to copy may be wider


def progress(as_json: bool) -> Callable[[str], None]:
    """Where a long command says what it is doing: stderr when stdout belongs to the document."""
    return lambda text: click.echo(text, err=as_json)
