from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lab.grading.guard import NEUTRAL, names_in, scrub


def test_names_are_found_in_any_spelling() -> None:
    names = {"pool-leak", "Connections leak"}
    for text in ("a Pool Leak", "the pool_leak", "pool-leaks", "connections  leak here"):
        assert names_in(text, names)
    assert not names_in("the pool is full", names)


def test_a_clean_text_is_left_alone_and_the_second_best_is_taken_next() -> None:
    assert scrub("all well", {"crash"}) == "all well"
    assert scrub("it crashed", {"crash"}, instead="look again") == "look again"
    assert scrub("it crashed", {"crash"}, instead="a crash") == NEUTRAL


@given(st.text(), st.lists(st.text(min_size=3), max_size=4))
def test_what_is_left_names_nothing(text: str, names: list[str]) -> None:
    said = scrub(text, names)
    assert said == NEUTRAL or not names_in(said, names)
