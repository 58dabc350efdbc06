"""The first place of a body that is no JSON, in the words of Go's scanner."""

from __future__ import annotations

import re
from typing import Final

DEPTH = 10_000
"""How deeply Go lets values nest."""

_SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'[^"\\\x00-\x1f]*')
_DIGITS = re.compile(rb"[0-9]*")
_LITERALS = {ord("t"): b"true", ord("f"): b"false", ord("n"): b"null"}


def space(body: bytes, at: int) -> int:
    """Where the white space at a place ends."""
    match = _SPACE.match(body, at)
    assert match is not None
    return match.end()


class _Wrong(Exception):
    """The first place that is no JSON."""


def fault(body: bytes) -> str | None:
    """What Go says of the first place that is no JSON; None when the first value is whole."""
    try:
        _scan(body)
    except _Wrong as wrong:
        return str(wrong)
    return None


def _scan(body: bytes) -> None:
    at, stack, wanted = 0, bytearray(), "value"
    while True:
        at = space(body, at)
        if at >= len(body):
            raise _Wrong("unexpected EOF" if at and (stack or wanted != "value") else "EOF")
        sign = body[at]
        if wanted == "key" or (wanted == "first key" and sign != ord("}")):
            if sign != ord('"'):
                raise _invalid(sign, "looking for beginning of object key string")
            at, wanted = _string(body, at + 1), "colon"
            continue
        if wanted == "colon":
            if sign != ord(":"):
                raise _invalid(sign, "after object key")
            at, wanted = at + 1, "value"
            continue
        if wanted == "value" or (wanted == "first value" and sign != ord("]")):
            if sign in b"{[":
                if len(stack) >= DEPTH:
                    raise _invalid(sign, "exceeded max depth")
                stack.append(sign)
                at, wanted = at + 1, "first key" if sign == ord("{") else "first value"
                continue
            at = _scalar(body, at, sign, bool(stack))
        else:  # behind a value, or the end of an empty one
            is_object = stack[-1] == ord("{")
            if sign == ord(",") and wanted == "more":
                at, wanted = at + 1, "key" if is_object else "value"
                continue
            if sign != (ord("}") if is_object else ord("]")):
                raise _invalid(sign, "after object key:value pair" if is_object else "after array element")
            stack.pop()
            at += 1
        if not stack:
            return
        wanted = "more"


def _scalar(body: bytes, at: int, sign: int, inside: bool) -> int:
    if sign == ord('"'):
        return _string(body, at + 1)
    if sign in _LITERALS:
        word = _LITERALS[sign]
        for offset in range(1, len(word)):
            if _at(body, at + offset) != word[offset]:
                raise _invalid(body[at + offset], f"in literal {word.decode()} (expecting {_quote(word[offset])})")
        return at + len(word)
    if sign == ord("-") or chr(sign) in "0123456789":
        return _number(body, at, inside)
    raise _invalid(sign, "looking for beginning of value")


def _number(body: bytes, at: int, inside: bool) -> int:
    if body[at] == ord("-"):
        at += 1
        _digit(body, at, "in numeric literal")
    at = at + 1 if body[at] == ord("0") else _digits(body, at)
    if body[at : at + 1] == b".":
        at += 1
        _digit(body, at, "after decimal point in numeric literal")
        at = _digits(body, at)
    if body[at : at + 1] in (b"e", b"E"):
        at += 1
        if _at(body, at) in b"+-":
            at += 1
        _digit(body, at, "in exponent of numeric literal")
        at = _digits(body, at)
    if inside and at >= len(body):
        raise _Wrong("unexpected EOF")
    return at


def _digit(body: bytes, at: int, where: str) -> None:
    if chr(_at(body, at)) not in "0123456789":
        raise _invalid(body[at], where)


def _digits(body: bytes, at: int) -> int:
    match = _DIGITS.match(body, at)
    assert match is not None
    return match.end()


def _string(body: bytes, at: int) -> int:
    while True:
        match = _STRING.match(body, at)
        assert match is not None
        at = match.end()
        sign = _at(body, at)
        if sign == ord('"'):
            return at + 1
        if sign != ord("\\"):
            raise _invalid(sign, "in string literal")
        escaped = _at(body, at + 1)
        if escaped == ord("u"):
            for offset in range(2, 6):
                if chr(_at(body, at + offset)) not in "0123456789abcdefABCDEF":
                    raise _invalid(body[at + offset], "in \\u hexadecimal character escape")
            at += 6
        elif escaped in b'"\\/bfnrt':
            at += 2
        else:
            raise _invalid(escaped, "in string escape code")


def _at(body: bytes, at: int) -> int:
    if at >= len(body):
        raise _Wrong("unexpected EOF")
    return body[at]


def _invalid(sign: int, where: str) -> _Wrong:
    return _Wrong(f"invalid character {_quote(sign)} {where}")


_ESCAPES: Final = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 39: "\\'", 92: "\\\\"}


def _quote(sign: int) -> str:
    """A byte as Go quotes it: as the character of that number."""
    if sign in _ESCAPES:
        return f"'{_ESCAPES[sign]}'"
    if sign < 32 or sign == 127:
        return f"'\\x{sign:02x}'"
    if 128 <= sign <= 160 or sign == 173:
        return f"'\\u{sign:04x}'"
    return f"'{chr(sign)}'"
