from __future__ import annotations

from typing import Any

import pytest

from lab.render.tables import table, value


def test_what_a_row_lacks_is_a_dash_and_columns_are_those_of_all_rows(printed: Any) -> None:
    rows = printed(table([{"a": 1}, {"b": "x"}])).splitlines()
    assert [row.split() for row in rows] == [["a", "b"], ["1", "-"], ["-", "x"]]


def test_columns_can_be_chosen_and_renamed(printed: Any) -> None:
    assert printed(table([{"a": 1, "b": 2}], {"b": "second"})).split() == ["second", "2"]


def test_long_values_wrap_and_are_not_cut(printed: Any) -> None:
    out = printed(table([{"id": "keep-this-whole", "text": "word " * 40}], keep=("id",)), 60)
    assert out.count("word") == 40
    assert "keep-this-whole" in out


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (None, "-"),
        (True, "yes"),
        (0.0214, "0.021"),
        (1795262401.25, "1795262401"),
        ({"200": 2, "502": 1}, "200 2, 502 1"),
        ([], "-"),
        (["a", "b"], "a, b"),
    ],
)
def test_values(what: object, said: str) -> None:
    assert value(what) == said
