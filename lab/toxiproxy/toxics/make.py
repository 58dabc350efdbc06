"""A toxic from the body of a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lab.toxiproxy import bodies
from lab.toxiproxy.refused import Refused
from lab.toxiproxy.toxics.base import Toxic
from lab.toxiproxy.toxics.registry import TYPES


def make_toxic(value: Any, taken: Sequence[str]) -> Toxic:
    """A toxic from its parsed body. The order of the checks is the real server's.

    Raises:
        BadBody: something is of the wrong kind.
        Refused: stream or type are unknown, or the name is `taken`.
    """
    fields = bodies.read(bodies.TOXIC, value)
    type_, stream = fields.get("type", ""), fields.get("stream", "downstream")
    if stream.lower() not in ("upstream", "downstream"):
        raise Refused(400, "stream was invalid, can be either upstream or downstream")
    if type_ not in TYPES:
        raise Refused(400, "invalid toxic type")
    name, stage = fields.get("name") or f"{type_}_{stream}", TYPES[type_]
    if name in taken:
        raise Refused(409, "toxic already exists")
    given = bodies.attributes(stage, value, update=False)["attributes"]
    return Toxic(name, type_, stream, fields.get("toxicity", 1.0), dict.fromkeys(stage.fields, 0) | given, stage)
