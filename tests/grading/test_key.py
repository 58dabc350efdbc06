from __future__ import annotations

import pytest

from lab.catalog.signature import Signatures
from lab.catalog.vocabulary import Vocabulary
from lab.errors import LabError
from lab.grading.key import Accepted, build_key, weights
from lab.grading.measure import Target
from small_catalogue import NOW, closed_port, scenario


def test_weights_always_add_up_to_a_hundred() -> None:
    assert weights(()) == {
        "status": 5,
        "layer": 10,
        "written_by": 10,
        "fault_at": 5,
        "mechanism": 30,
        "evidence": 30,
        "next_step": 10,
    }
    for own in (("pattern",), ("pattern", "retry", "onset")):
        found = weights(own)
        assert sum(found.values()) == pytest.approx(100)
        assert sum(found[part] for part in own) == pytest.approx(20)
        assert found["mechanism"] == pytest.approx(24)


def test_the_signature_gives_the_defaults_and_the_scenario_overrides(
    signatures: Signatures, vocabulary: Vocabulary
) -> None:
    plain = build_key(scenario("shut", "closed-port"), signatures, vocabulary, closed_port())
    assert plain.parts["layer"] == Accepted(signatures.by_mechanism["closed-port"].layer)
    own = {"layer": {"data": "why not"}, "status": [503, "none"], "retry": {"no-retry": "it fails again"}}
    key = build_key(scenario("shut", "closed-port", key=own), signatures, vocabulary, closed_port())
    assert key.parts["layer"] == Accepted({"data": "why not"})
    assert key.parts["retry"] == Accepted({"no-retry": "it fails again"})
    status = key.parts["status"]
    assert isinstance(status, Accepted)
    assert list(status.values) == ["503", "none"]


def test_measured_parts_are_resolved_in_the_round(signatures: Signatures, vocabulary: Vocabulary) -> None:
    asks = {"onset": {"of": "onset", "tolerance": 2.0, "ask": "When?"}}
    key = build_key(scenario("shut", "closed-port", asks=asks), signatures, vocabulary, closed_port())
    assert key.parts["onset"] == Target("onset", NOW + 11, 2.0)


def test_names_to_hide_hold_every_name_of_the_answer(signatures: Signatures, vocabulary: Vocabulary) -> None:
    key = build_key(scenario("shut", "closed-port"), signatures, vocabulary, closed_port())
    assert key.names_to_hide == {
        "closed-port",
        "Nothing listens on the port",
        "connection refused",
        "app down",
        "shut",
        "The title of shut",
    }


def test_a_neighbour_that_the_signature_does_not_know_is_separated_by_what_it_does_not_show(
    signatures: Signatures, vocabulary: Vocabulary
) -> None:
    key = build_key(
        scenario("shut", "closed-port", neighbours=("wrong-door", "deaf")), signatures, vocabulary, closed_port()
    )
    assert {name: [fact.id for fact in facts] for name, facts in key.separating.items()} == {
        "wrong-door": ["api-stopped"],
        "deaf": ["refused", "never-connected", "api-stopped"],
    }


def test_the_key_written_out_names_an_example_of_each_fact(signatures: Signatures, vocabulary: Vocabulary) -> None:
    shown = build_key(scenario("shut", "closed-port"), signatures, vocabulary, closed_port()).as_dict(closed_port())
    assert shown["fault_at"] == {"accepted": {"api": "its process is gone"}}
    assert shown["evidence"][2] == {
        "fact": "api-stopped",
        "says": "the service manager says since when the unit was not there",
        "separates_from": ["wrong-door"],
        "example": "system/process.log:2",
    }


def test_a_mechanism_without_signature_is_the_catalogues_fault(signatures: Signatures, vocabulary: Vocabulary) -> None:
    with pytest.raises(LabError) as caught:
        build_key(scenario("shut", "unheard-of"), signatures, vocabulary, closed_port())
    assert caught.value.code == 3
