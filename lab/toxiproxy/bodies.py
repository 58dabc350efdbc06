"""The bodies that the API takes: their fields, and what Go's errors call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab.toxiproxy.jsonish import parse
from lab.toxiproxy.shape import Field, Mismatch, Shape, flag, integer, kind, single, text, thing
from lab.toxiproxy.toxics.base import Stage


def _anything(value: Any) -> Any:
    return value


_PROXY = {
    "name": Field("string", text),
    "listen": Field("string", text),
    "upstream": Field("string", text),
    "enabled": Field("bool", flag),
    "Logger": Field("zerolog.Logger", thing),
}
PROXY = Shape("toxiproxy.Proxy", "Proxy", _PROXY)

_ENTRY = 'struct { toxiproxy.Proxy; Enabled *bool "json:\\"enabled\\"" }'
ENTRY = Shape(
    _ENTRY,
    "",
    {name: field if name == "enabled" else Field(field.type, field.read, "Proxy.") for name, field in _PROXY.items()}
    | {"toxics": Field("", _anything)},
)

TOXIC = Shape(
    "toxics.ToxicWrapper",
    "ToxicWrapper",
    {
        "attributes": Field("toxics.NoopToxic", thing),
        "name": Field("string", text),
        "type": Field("string", text),
        "stream": Field("string", text),
        "toxicity": Field("float32", single),
    },
)

_UPDATE = 'struct { Attributes interface {} "json:\\"attributes\\""; Toxicity float32 "json:\\"toxicity\\"" }'


class BadBody(ValueError):
    """A body is no JSON, or not of its shape. `read` is what was right."""

    def __init__(self, error: str, read: Mapping[str, Any]) -> None:
        super().__init__(error)
        self.read = read


def read(shape: Shape, value: Any) -> dict[str, Any]:
    """The known fields of a parsed body.

    Raises:
        BadBody: with the first error.
    """
    errors: list[str] = []
    found = shape.read(value, errors)
    if errors:
        raise BadBody(errors[0], found)
    return found


def entries(value: Any) -> list[dict[str, Any]]:
    """A parsed list of proxies; null is an empty one.

    Raises:
        BadBody: with the first error.
    """
    if value is None:
        return []
    if not isinstance(value, list) or kind(value) != "array":
        raise BadBody(f"json: cannot unmarshal {kind(value)} into Go value of type []{_ENTRY}", {})
    errors: list[str] = []
    found = [ENTRY.read(one, errors) for one in value]
    if errors:
        raise BadBody(errors[0], {})
    return found


def attributes(stage: type[Stage], value: Any, *, update: bool) -> dict[str, Any]:
    """`attributes` (a dict of integers) and, of an update, `toxicity`, as far as they are there.

    Raises:
        BadBody: with the first error; `read` has the attributes that were right, which an update keeps.
    """
    inner = Shape("", stage.struct, {name: Field(stage.kind, integer) for name in stage.fields}, "attributes.")
    errors: list[str] = []
    given: dict[str, int] = {}

    def read_inner(value: Any) -> Any:
        if kind(value) != "object":
            raise Mismatch(kind(value))
        given.update(inner.read(value, errors))
        return given

    fields = {"attributes": Field(f"toxics.{stage.struct}", read_inner)}
    if update:
        fields["toxicity"] = Field("float32", single)
    found = Shape(_UPDATE, "", fields).read(value, errors)
    if errors:
        raise BadBody(errors[0], {"attributes": given})
    return {**found, "attributes": given}


__all__ = ["ENTRY", "PROXY", "TOXIC", "BadBody", "attributes", "entries", "parse", "read"]
