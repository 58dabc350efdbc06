"""Which fields a body may have, of what kind, and what Go says when one is of another."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lab.toxiproxy.jsonish import Number, Object, text_of

Reader = Callable[[Any], Any]


class Mismatch(Exception):
    """A value is of another kind; `value` is what Go calls it."""

    def __init__(self, value: str) -> None:
        super().__init__(value)
        self.value = value


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a body.

    Attributes:
        type: its Go type, for the error.
        read: value → Python's; raises `Mismatch`.
        at: what stands before its name in the error, if anything.
    """

    type: str
    read: Reader
    at: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """The object that a body has to be.

    Attributes:
        type: its Go type.
        name: how its fields' errors call it.
        fields: by name.
        at: what stands before the fields' names, such as `attributes.`.
    """

    type: str
    name: str
    fields: Mapping[str, Field]
    at: str = ""

    def read(self, value: Any, errors: list[str]) -> dict[str, Any]:
        """The known fields of an object; null is none, and null for a field is no word about it.

        What is wrong goes to `errors`, and the fields that are right are returned all the same: Go's decoder does so,
        and the first error is the one that is told.
        """
        found: dict[str, Any] = {}
        if value is None:
            return found
        if not isinstance(value, Object):
            errors.append(f"json: cannot unmarshal {kind(value)} into Go value of type {self.type}")
            return found
        for name, item in self._known(value):
            field = self.fields[name]
            if item is None:
                continue
            try:
                found[name] = field.read(item)
            except Mismatch as wrong:
                errors.append(
                    f"json: cannot unmarshal {wrong.value} into Go struct field "
                    f"{self.name}.{self.at}{field.at}{name} of type {field.type}"
                )
        return found

    def _known(self, pairs: Object) -> Iterator[tuple[str, Any]]:
        folded = {name.casefold(): name for name in self.fields}
        for key, item in pairs:
            name = key if key in self.fields else folded.get(key.casefold())
            if name is not None:
                yield name, item


def kind(value: Any) -> str:
    """What Go calls a value's kind."""
    if isinstance(value, Object):
        return "object"
    if isinstance(value, list):
        return "array"
    if isinstance(value, Number):
        return "number"
    return "string" if isinstance(value, str) else "bool"


def text(value: Any) -> str:
    """A string."""
    if isinstance(value, str) and not isinstance(value, Number):
        return text_of(value)
    raise Mismatch(kind(value))


def flag(value: Any) -> bool:
    """A bool."""
    if isinstance(value, bool):
        return value
    raise Mismatch(kind(value))


def thing(value: Any) -> Object:
    """An object, as it is."""
    if isinstance(value, Object):
        return value
    raise Mismatch(kind(value))


def integer(value: Any) -> int:
    """A 64-bit integer that is written as one."""
    if not isinstance(value, Number):
        raise Mismatch(kind(value))
    if len(value) < 21 and value.lstrip("-").isdecimal() and -(1 << 63) <= int(value) < 1 << 63:
        return int(value)
    raise Mismatch(f"number {value}")


def single(value: Any) -> float:
    """A 32-bit float."""
    if not isinstance(value, Number):
        raise Mismatch(kind(value))
    try:
        return float(struct.unpack("<f", struct.pack("<f", float(value)))[0])
    except OverflowError:
        raise Mismatch(f"number {value}") from None
