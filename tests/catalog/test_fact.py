from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lab.catalog.fact import Fact, Sign
from lab.logs.line import Line, Look


def sign(kind: str = "app", **where: Any) -> Sign:
    return Sign.model_validate({"in": kind, "where": where})


FIELDS = {"status": 502, "us": "502, 200", "uht": None, "ms": 12.5, "ua": "", "pool": 9, "flight": 3, "route": "orders"}


@pytest.mark.parametrize(
    ("field", "wanted", "holds"),
    [
        ("status", 502, True),
        ("status", 503, False),
        ("status", [503, 502], True),
        ("us", "~^502", True),
        ("us", "~^200", False),
        ("status", "~^50", True),
        ("uht", "unset", True),
        ("uht", "set", False),
        ("ua", "set", True),
        ("nothing", "unset", True),
        ("nothing", "~.*", False),
        ("ms", ">= 12.5", True),
        ("ms", "> 12.5", False),
        ("ms", "< 13", True),
        ("ms", "<= 1", False),
        ("us", "> 1", False),
        ("uht", "> 0", False),
        ("ms", "> many", False),
        ("route", ["users", "~^ord"], True),
        ("uht", None, True),
    ],
)
def test_what_a_field_must_be(field: str, wanted: Any, holds: bool) -> None:
    assert sign(**{field: wanted}).holds(FIELDS, {}) is holds


def test_draws_and_other_fields_stand_for_their_values() -> None:
    assert sign(route="$route").holds(FIELDS, {"route": "orders"})
    assert not sign(route="$route").holds(FIELDS, {"route": "users"})
    assert sign(pool="> @flight").holds(FIELDS, {})
    assert not sign(flight="> @pool").holds(FIELDS, {})
    assert sign(ms=">= $limit").holds(FIELDS, {"limit": 12})
    assert sign(route=["$a", "$b"]).holds(FIELDS, {"a": "x", "b": "orders"})


def test_a_draw_or_field_that_is_not_there_equals_nothing_not_even_another_absence() -> None:
    assert not sign(nothing="$route").holds(FIELDS, {})
    assert not sign(nothing="@nothing_else").holds(FIELDS, {})
    assert not sign(uht="@nothing").holds(FIELDS, {})
    assert not sign(ms=">= $limit").holds(FIELDS, {})


def test_a_pattern_that_is_none_is_refused_when_it_is_read() -> None:
    with pytest.raises(ValidationError, match="no pattern"):
        sign(route="~([")
    with pytest.raises(ValidationError, match="no pattern"):
        sign(route=["fine", "~*"])


def test_only_its_kind_of_line_shows_a_sign() -> None:
    assert sign("app", status=502).shown_by(Line("api-1/app.log", 1, "", "app", FIELDS), {})
    assert not sign("client", status=502).shown_by(Line("api-1/app.log", 1, "", "app", FIELDS), {})


def test_a_look_shows_a_sign_in_one_of_its_rows_together_with_what_is_common() -> None:
    look = Look(1, "inspect", {"topic": "proc", "rows": [{"state": "running"}, {"state": "stopped"}]}, 0.0)
    assert sign("inspect", topic="proc", state="stopped").shown_by(look, {})
    assert not sign("inspect", topic="sock", state="stopped").shown_by(look, {})
    assert not sign("probe", state="stopped").shown_by(look, {})


def test_an_absence_is_told_by_the_logs_name() -> None:
    fact = Fact.model_validate({"id": "f", "says": "s", "signs": [{"in": "absence", "where": {"log": "~^api-"}}]})
    assert fact.shown_by_absence("api-2/app.log", {})
    assert not fact.shown_by_absence("gateway/lab.log", {})
    assert not fact.shown_by(Line("api-2/app.log", 1, "", "app", {}), {})


def test_a_fact_has_at_least_one_sign_and_one_is_enough() -> None:
    with pytest.raises(ValidationError):
        Fact.model_validate({"id": "f", "says": "s", "signs": []})
    fact = Fact(id="f", says="s", signs=(sign(status=1), sign(status=502)))
    assert fact.shown_by(Line("api-1/app.log", 1, "", "app", FIELDS), {})


values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text(), max_size=3))


@given(values, values, st.dictionaries(st.text(max_size=3), values))
def test_no_value_makes_a_comparison_raise(value: Any, wanted: Any, draws: dict[str, Any]) -> None:
    try:
        one = sign(field=wanted)
    except ValidationError:
        return
    assert one.holds({"field": value}, draws) in (True, False)
