"""JSON as Go reads and writes it."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from lab.toxiproxy.jsonish import BadJSON, Number, Object, dump, float32, parse, text_of


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b" null tail", None),
        (b"[1, 2.5e3]", [Number("1"), Number("2.5e3")]),
        (b'{"a": true, "a": "b"}', Object([("a", True), ("a", "b")])),
        (b'"\xff\xe2\x82x"', "\ufffd\ufffd\ufffdx"),
        (b"12 }", Number("12")),
        (b"{}{", Object()),
    ],
)
def test_the_first_value_is_read(body: bytes, value: Any) -> None:
    assert parse(body) == value


@pytest.mark.parametrize("depth", [1_500, 10_001, 1_000_000])
def test_nesting_without_end_is_refused_and_not_a_crash(depth: int) -> None:
    with pytest.raises(BadJSON, match=r"unexpected EOF|exceeded max depth"):
        parse(b"[" * depth)


def test_a_number_of_a_million_digits_is_no_work() -> None:
    assert len(parse(b"[" + b"9" * 1_000_000 + b"]")[0]) == 1_000_000


@pytest.mark.parametrize(
    ("given", "text"), [("a\ud800b", "a\ufffdb"), ("\ud83d\ude00", "\U0001f600"), ("plain", "plain")]
)
def test_half_pairs_are_replaced(given: str, text: str) -> None:
    assert text_of(given) == text


def test_what_go_escapes() -> None:
    assert dump("<&>\u2028\x01\t\x7fé") == '"\\u003c\\u0026\\u003e\\u2028\\u0001\\t\x7fé"'


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (1, "1"),
        (-1, "-1"),
        (0.3, "0.3"),
        (1 / 3, "0.33333334"),
        (1e-9, "1e-9"),
        (1e-6, "0.000001"),
        (123456789, "123456790"),
        (1e20, "100000000000000000000"),
        (1e22, "1e+22"),
    ],
)
def test_a_float_in_its_fewest_digits(number: float, text: str) -> None:
    assert float32(struct.unpack("<f", struct.pack("<f", number))[0]) == text
