from __future__ import annotations

import pytest
from pydantic import ValidationError

from lab.catalog.load import load_scenarios, load_signatures, load_vocabulary
from lab.catalog.vocabulary import SET_OF_PART
from small_catalogue import scenario


def test_the_lower_end_of_a_draw_comes_first() -> None:
    assert scenario("x", "y", vary={"n": {"between": [1, 2]}}).vary["n"].between == (1, 2)
    with pytest.raises(ValidationError, match="lower end"):
        scenario("x", "y", vary={"n": {"between": [2, 1]}})


@pytest.mark.parametrize("id_", ["Upper", "a_b", "-a", "a--b", ""])
def test_ids_are_plain(id_: str) -> None:
    with pytest.raises(ValidationError):
        scenario(id_, "y")


def test_rungs_come_from_the_cheapest_to_the_dearest() -> None:
    assert [name for name, _ in scenario("x", "y").hints.rungs()] == ["look here", "compare these", "rule out"]


@pytest.mark.parametrize("one", load_scenarios().values(), ids=lambda one: one.id)
def test_a_scenario_names_what_there_is(one) -> None:
    signatures, vocabulary = load_signatures(), load_vocabulary()
    facts = {*(id_ for _, hint in one.hints.rungs() for id_ in hint.known_after), *filter(None, [one.symptom.shows])}
    assert facts <= signatures.facts.keys()
    assert {one.mechanism, *one.neighbours} <= signatures.by_mechanism.keys()
    for part, name in SET_OF_PART.items():
        assert {*getattr(one.key, part, ())} <= {term.id for term in vocabulary.terms(name)}, part


def test_every_mechanism_of_a_signature_has_its_words() -> None:
    signatures, known = load_signatures(), {term.id for term in load_vocabulary().mechanisms}
    named = {*signatures.by_mechanism, *(id_ for s in signatures.by_mechanism.values() for id_ in s.lookalikes)}
    assert named <= known
