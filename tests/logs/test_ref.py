from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.errors import LabError
from lab.logs.ref import AbsenceRef, LineRef, LookRef, parse_ref


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("gateway/error.log:17", LineRef("gateway/error.log", 17)),
        (" logs/api-1/app.log:3 ", LineRef("api-1/app.log", 3)),
        ("looks.log:4", LookRef(4)),
        ("absent:api-1/app.log@c0ffee", AbsenceRef("api-1/app.log", "c0ffee")),
    ],
)
def test_forms(text: str, ref: object) -> None:
    assert parse_ref(text) == ref


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("gateway/error.log", "gateway/error.log:17"),
        ("gateway/error.log:0", "counted from 1"),
        ("absent:api-1/app.log", "absent:api-1/app.log@REQUEST_ID"),
        ("", "looks.log:4"),
        ("the error log", "looks.log:4"),
    ],
)
def test_a_bad_reference_says_how_to_write_it(text: str, cure: str) -> None:
    with pytest.raises(LabError) as caught:
        parse_ref(text)
    assert caught.value.code == 2
    assert cure in caught.value.cure


@given(st.text())
def test_any_text_is_a_reference_or_a_usage_error(text: str) -> None:
    try:
        ref = parse_ref(text)
    except LabError as error:
        assert error.code == 2
    else:
        assert parse_ref(str(ref)) == ref
