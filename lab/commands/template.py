"""The text of a new scenario's file: every key of the models, with the words that stand beside its field."""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from lab.catalog import scenario as module
from lab.catalog.model import Model
from lab.catalog.scenario import Scenario

_WIDTH = 110
_NOT_WORDS = frozenset({"on", "off", "yes", "no", "y", "n", "true", "false", "null"})
"""Words that YAML takes for something else."""

_FILL_IN: dict[str, Any] = {
    "format_version": 1,
    "title": "What is broken, in one line",
    "level": 2,
    "minutes": 10,
    "story": "What the users report: symptoms only.",
    "look_here": {"says": "Where to look first."},
    "compare_these": {"says": "Which two things to compare."},
    "rule_out": {"says": "What looks the same, and what would show that it is not that."},
    "happened": {"gateway": "what happened there"},
    "first_checks": ["What to check first in real life."],
    "prevent": ["What would have prevented it."],
}
"""Keys that every scenario needs → what stands there until somebody fills it in."""


def template(values: Mapping[str, Any]) -> str:
    """The file's text; what is not a comment loads as a valid scenario.

    Args:
        values: `id`, `codename`, `family` and `mechanism`.
    """
    head = "# Keys without a # are needed. The others, #key without a space, are shown with their defaults."
    return "\n".join([head, *_keys(Scenario, {**_FILL_IN, **values})]) + "\n"


def _keys(model: type[Model], values: Mapping[str, Any], *, indent: int = 0, mark: str = "") -> Iterator[str]:
    """The lines of a model's keys. `mark`: what makes each of them a comment; empty where they are needed."""
    said = _docstrings(model)
    for name, field in model.model_fields.items():
        inner = _model_of(field.annotation)
        needed = field.is_required() and not mark
        front = " " * indent + (mark or ("" if needed else "#"))
        if indent == 0:
            yield ""
        text = said.get(name) or (inspect.getdoc(inner) if inner else "") or ""
        of_each = f"Each is {_in_words(inner)}." if inner and not _is_nested(field) else _limits(field)
        yield from _comment(text, of_each, indent)
        if inner and _is_nested(field):
            yield f"{front}{name}:"
            beneath = values.get(name, values) if needed else {}
            yield from _keys(inner, beneath, indent=indent + 2, mark=mark or ("" if needed else "#"))
            continue
        yield f"{front}{name}: {_yaml(_shown(name, field, values, needed))}"


def _shown(name: str, field: FieldInfo, values: Mapping[str, Any], needed: bool) -> Any:
    """What stands behind a key: what was given or is to be replaced, or the default."""
    if needed:
        return values.get(name, "…")
    return "…" if field.is_required() else field.get_default(call_default_factory=True)


def _in_words(model: type[Model]) -> str:
    """A model's keys in one sentence, for a mapping or a list of them."""
    said = _docstrings(model)
    keys = [
        f"`{name}`" + (f" ({about.rstrip('.')})" if (about := f"{said.get(name, '')} {_limits(field)}".strip()) else "")
        for name, field in model.model_fields.items()
    ]
    return f"{{{', '.join(keys)}}}"


def _comment(text: str, limits: str, indent: int) -> Iterator[str]:
    words = " ".join(f"{text.partition(chr(10) * 2)[0]} {limits}".split())
    for row in textwrap.wrap(words, _WIDTH - indent):
        yield f"{' ' * indent}# {row}"


def _limits(field: FieldInfo) -> str:
    """The closed set or the bounds of a value, in words."""
    kinds = [kind for kind in (field.annotation, *get_args(field.annotation)) if get_origin(kind) is Literal]
    choices = [str(one) for kind in kinds for one in get_args(kind)]
    if len(choices) > 1:
        return f"One of: {', '.join(choices)}."
    bounds = [
        f"{word} {getattr(meta, bound):g}"
        for meta in field.metadata
        for bound, word in (("ge", "at least"), ("gt", "above"), ("le", "at most"))
        if isinstance(getattr(meta, bound, None), int | float)
    ]
    return f"A number, {', '.join(bounds)}." if bounds else ""


def _is_nested(field: FieldInfo) -> bool:
    """Whether the value is one model, and not a mapping or a list of them, or none."""
    return isinstance(field.annotation, type) and issubclass(field.annotation, Model)


def _model_of(annotation: Any) -> type[Model] | None:
    """The model that a value is, or is made of."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    if get_origin(annotation) in (Union, UnionType) or get_args(annotation):
        return next((found for part in get_args(annotation) if (found := _model_of(part))), None)
    return None


def _docstrings(model: type[Model]) -> dict[str, str]:
    """Field → the string that stands below it in the source."""
    tree = ast.parse(inspect.getsource(module))
    body = next((node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == model.__name__), [])
    return {
        field.target.id: str(text.value.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }


def _yaml(value: Any) -> str:
    """A value in the flow style of YAML, which JSON is; words that need no quotes go without."""
    if isinstance(value, Model):
        value = value.model_dump(mode="json")
    if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_-]*", value) and value not in _NOT_WORDS:
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
