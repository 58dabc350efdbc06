from __future__ import annotations

from lab.catalog.fact import Fact
from lab.logs.line import Look
from lab.verify.wild import agree, bindings, shows_somehow
from small_catalogue import app_line, lab_line


def fact(**where: object) -> Fact:
    return Fact.model_validate({"id": "f", "says": "s", "signs": [{"in": "app", "where": where}]})


def test_a_draw_takes_the_value_that_the_line_has() -> None:
    assert list(bindings(fact(route="$route", status=200), app_line(1, 1, "a"))) == [(("route", "products"),)]
    assert list(bindings(fact(route="$route", status=500), app_line(1, 1, "a"))) == []


def test_a_field_that_is_not_there_has_no_value_to_take() -> None:
    assert not shows_somehow(fact(replica="$replica"), app_line(1, 1, "a"))


def test_a_comparison_with_a_draw_needs_a_number() -> None:
    assert list(bindings(fact(ms=">= $limit"), app_line(1, 1, "a"))) == [()]
    assert not shows_somehow(fact(route=">= $limit"), app_line(1, 1, "a"))


def test_only_its_kind_of_piece_shows_a_fact() -> None:
    assert not shows_somehow(fact(status=200), lab_line(1, 1, "a"))


def test_rows_of_a_look_are_readings() -> None:
    proc = Fact.model_validate(
        {
            "id": "f",
            "says": "s",
            "signs": [{"in": "inspect", "where": {"topic": "proc", "unit": "$unit", "state": "stopped"}}],
        }
    )
    rows = [{"unit": "api-1", "state": "running"}, {"unit": "api-2", "state": "stopped"}]
    assert list(bindings(proc, Look(1, "inspect", {"topic": "proc", "rows": rows}, 0.0))) == [(("unit", "api-2"),)]


def test_bindings_agree_or_contradict() -> None:
    assert agree((("a", 1),), (("b", 2),)) == (("a", 1), ("b", 2))
    assert agree((("a", 1),), (("a", 2),)) is None
