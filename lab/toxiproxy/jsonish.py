"""JSON as Go's decoder reads it and its encoder writes it, with its words for what is wrong.

A control API's answers are compared as bytes by its clients' tests, so the texts, the leniency (the last duplicate
wins, text after the first value is ignored) and the escapes are Go's. Facts: measured on Toxiproxy 2.12.0.
"""

from __future__ import annotations

import codecs
import json
import struct
from typing import Any

from lab.toxiproxy.scan import fault, space

Pairs = list[tuple[str, Any]]


class Object(Pairs):
    """An object as its pairs, in order and with duplicates."""


class Number(str):
    """A number as it was written: whether `1e3` is one depends on who asks."""

    __slots__ = ()


class BadJSON(ValueError):
    """The body is no JSON; the text is what Go says of it."""


def _refuse(_: str) -> Any:
    raise ValueError("NaN and Infinity are no JSON")


def _one_for_each_byte(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "\ufffd" * (error.end - error.start), error.end


codecs.register_error("lab-toxiproxy-bytes", _one_for_each_byte)
_DECODER = json.JSONDecoder(object_pairs_hook=Object, parse_int=Number, parse_float=Number, parse_constant=_refuse)


def parse(body: bytes) -> Any:
    """The first value of a body: `Object`, list, str, `Number`, bool or None.

    Raises:
        BadJSON: with Go's words.
    """
    start = space(body, 0)
    first = body[start : start + 1]
    if not first:
        raise BadJSON("EOF")
    if first in b"-0123456789" and (wrong := fault(body)):
        raise BadJSON(wrong)  # `1.x` is a 1 for Python and wrong for Go
    text = body[start:].decode("utf-8", "lab-toxiproxy-bytes")
    try:
        return _DECODER.raw_decode(text)[0]
    except RecursionError:
        raise BadJSON(fault(body) or "invalid character '[' exceeded max depth") from None
    except ValueError:
        raise BadJSON(fault(body) or "unexpected EOF") from None


def text_of(value: str) -> str:
    """A string with half surrogate pairs replaced, as Go does; they could not be written again."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return value


def dump(value: Any) -> str:
    """Compact JSON with Go's escapes; the marks of HTML are escaped too."""
    return escape(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def escape(text: str) -> str:
    """Escape in JSON text what Go escapes beyond the rules; these signs stand in strings only."""
    for sign in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def float32(value: float) -> str:
    """A 32-bit float in the fewest digits that read back the same."""
    packed = struct.pack("f", value)
    digits = next(short for count in range(1, 10) if struct.pack("f", float(short := f"{value:.{count}g}")) == packed)
    number = float(digits)
    if number and not 1e-6 <= abs(number) < 1e21:
        mantissa, _, power = f"{number!r}".partition("e")
        return f"{mantissa.removesuffix('.0')}e{power[0]}{power[1:].lstrip('0')}"
    whole, _, part = f"{number:.20f}".partition(".")
    if abs(number) >= 1e6 or not part.strip("0"):
        return f"{number:.0f}"
    return f"{whole}.{f'{number:.{_places(digits)}f}'.partition('.')[2]}"


def _places(digits: str) -> int:
    """How many decimal places a number written with `%g` has."""
    mantissa, _, power = digits.partition("e")
    return max(len(mantissa.partition(".")[2]) - int(power or 0), 1)
