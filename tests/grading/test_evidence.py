from __future__ import annotations

from dataclasses import replace

import pytest

from lab.catalog.signature import Signatures
from lab.catalog.vocabulary import Vocabulary
from lab.errors import LabError
from lab.grading.evidence import Weighed, weigh
from lab.grading.key import Key, build_key
from lab.logs.line import Look
from lab.logs.record import Record
from lab.logs.ref import parse_ref
from small_catalogue import NOW, RID, closed_port, lab_line, scenario, slow_work, wrong_door


@pytest.fixture
def weighing(signatures: Signatures, vocabulary: Vocabulary):  # type: ignore[no-untyped-def]
    def weighs(mechanism: str, record: Record, *refs: str, **more: object) -> Weighed:
        key: Key = build_key(scenario("x", mechanism, **more), signatures, vocabulary, record)  # type: ignore[arg-type]
        return weigh([parse_ref(ref) for ref in refs], key, record)

    return weighs


def test_the_separating_line_is_full_proof(weighing) -> None:  # type: ignore[no-untyped-def]
    found = weighing("closed-port", closed_port(), "system/process.log:2")
    assert (found.discriminates, found.share) == (True, 1.0)


def test_what_a_look_alike_shows_as_well_is_worth_forty_percent_and_the_other_fact_is_described(weighing) -> None:  # type: ignore[no-untyped-def]
    found = weighing("closed-port", closed_port(), "gateway/error.log:2", "gateway/lab.log:11")
    assert (found.discriminates, found.share) == (False, 0.4)
    assert found.reason == (
        "The pieces would look the same for another cause. "
        "What separates the two: the service manager says since when the unit was not there."
    )


@pytest.mark.parametrize(
    ("refs", "share"),
    [
        (("system/process.log:2", "gateway/lab.log:3"), 0.8),
        (("system/process.log:2", "gateway/lab.log:3", "gateway/error.log:1"), 0.6),
        (("gateway/error.log:2", "gateway/lab.log:3"), 0.2),
        (("gateway/lab.log:3",), 0.0),
        ((), 0.0),
    ],
)
def test_each_piece_about_something_else_takes_a_fifth_away(weighing, refs, share) -> None:  # type: ignore[no-untyped-def]
    assert weighing("closed-port", closed_port(), *refs).share == pytest.approx(share)


def test_a_line_from_before_the_incident_counts_only_for_what_may_precede(weighing) -> None:  # type: ignore[no-untyped-def]
    record = replace(closed_port(), start={**closed_port().start, "gateway/error.log": 11})
    assert weighing("closed-port", record, "system/process.log:2").share == 1.0
    found = weighing("closed-port", record, "gateway/error.log:2")
    assert (found.share, found.reason) == (0.0, "gateway/error.log:2 was not written during the incident.")


def test_a_look_proves(weighing) -> None:  # type: ignore[no-untyped-def]
    assert weighing("wrong-door", wrong_door(), "looks.log:1").share == 1.0
    stopped = Look(7, "inspect", {"topic": "proc", "rows": [{"unit": "api-1", "state": "stopped"}]}, NOW + 20)
    assert weighing("closed-port", closed_port().with_looks(stopped), "looks.log:7").share == 1.0


def test_an_absence_proves_and_a_false_one_names_the_line_that_is_there(weighing) -> None:  # type: ignore[no-untyped-def]
    assert weighing("deaf", slow_work(heard=False), f"absent:api-1/app.log@{RID}").share == 1.0
    found = weighing("deaf", slow_work(), f"absent:api-1/app.log@{RID}")
    assert found.share == 0.0
    assert found.reason == f"absent:api-1/app.log@{RID} does not hold: api-1/app.log:11 is about that request."


def test_the_absence_of_a_like_request_proves_too_but_not_that_of_a_good_one(weighing) -> None:  # type: ignore[no-untyped-def]
    record = slow_work(heard=False)
    assert weighing("deaf", record, "absent:api-1/app.log@bad12").share == 1.0
    other = replace(record, lines=(*record.lines, lab_line(21, 30, "other", status=503, us="-", ua="-")))
    assert weighing("deaf", other, "absent:api-1/app.log@other").share == 0.0


def test_several_neighbours_may_need_several_pieces(weighing) -> None:  # type: ignore[no-untyped-def]
    record = closed_port()
    assert weighing("closed-port", record, "system/process.log:2", neighbours=("wrong-door", "deaf")).discriminates
    assert not weighing("closed-port", record, "gateway/lab.log:11", neighbours=("wrong-door", "deaf")).discriminates
    assert weighing("closed-port", record, "gateway/lab.log:11", neighbours=("deaf",)).discriminates


@pytest.mark.parametrize(
    ("ref", "what", "cure"),
    [
        ("gateway/error.log:99", "There is no line gateway/error.log:99.", "gateway/error.log has 11 lines."),
        ("gateway/eror.log:1", "no log 'gateway/eror.log'", "gateway/error.log"),
        ("looks.log:3", "There is no looks.log:3.", "Nobody looked yet"),
        ("absent:api-9/app.log@x", "no log 'api-9/app.log'", "api-1/app.log"),
        ("absent:api-1/app.log@nobody", "knows the request 'nobody'", RID),
        (f"absent:system/process.log@{RID}", "belong to no request", "Cite a line"),
    ],
)
def test_what_is_not_there_is_a_usage_error_with_a_cure(weighing, ref: str, what: str, cure: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(LabError) as caught:
        weighing("closed-port", closed_port(), ref)
    assert caught.value.code == 2
    assert what in caught.value.what
    assert cure in caught.value.cure
