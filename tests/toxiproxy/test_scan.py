"""The first place that is no JSON, against Python's own opinion of random texts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.toxiproxy.scan import fault

PIECES = st.lists(
    st.sampled_from(
        ["{", "}", "[", "]", ",", ":", '"a"', '"\\\\n"', '"\\u00e9"', "1", "-0.5e+3", "01", "tru", "true", "null", " "]
    ),
    max_size=12,
).map("".join)


@settings(deadline=None, max_examples=400)
@given(PIECES)
def test_it_agrees_with_python(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        try:
            json.JSONDecoder().raw_decode(text.strip())
        except ValueError:
            assert fault(text.encode()) is not None
    else:
        assert fault(text.encode()) is None


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "EOF"),
        (b"[1", "unexpected EOF"),
        (b'{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        (b"[1,]", "invalid character ']' looking for beginning of value"),
        (b"nuLl", "invalid character 'L' in literal null (expecting 'l')"),
        (b"\x80", "invalid character '\\u0080' looking for beginning of value"),
        (b"[" * 10_001, "invalid character '[' exceeded max depth"),
    ],
)
def test_in_gos_words(body: bytes, text: str) -> None:
    assert fault(body) == text
