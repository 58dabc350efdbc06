from __future__ import annotations

import time
from dataclasses import replace

import pytest

from lab.catalog.signature import Signatures
from lab.grading.recognise import recognise
from lab.logs.line import Look
from lab.logs.record import Record
from small_catalogue import NOW, RID, app_line, closed_port, lab_line, slow_work, wrong_door


@pytest.mark.parametrize(
    ("mechanism", "record"),
    [
        ("closed-port", closed_port()),
        ("wrong-door", wrong_door()),
        ("slow-work", slow_work()),
        ("deaf", slow_work(heard=False)),
    ],
)
def test_each_round_is_recognised_as_its_own_and_no_other(
    mechanism: str, record: Record, signatures: Signatures
) -> None:
    found = {name: recognise(one, signatures, record).ok for name, one in signatures.by_mechanism.items()}
    assert found == {name: name == mechanism for name in found}


def test_what_shows_is_named_by_its_first_piece(signatures: Signatures) -> None:
    seen = recognise(signatures.by_mechanism["closed-port"], signatures, closed_port())
    assert seen.refs == {
        "refused": "gateway/error.log:2",
        "never-connected": "gateway/lab.log:11",
        "api-stopped": "system/process.log:2",
    }


def test_what_is_missing_and_what_should_not_be_there(signatures: Signatures) -> None:
    seen = recognise(signatures.by_mechanism["wrong-door"], signatures, closed_port())
    assert (seen.ok, seen.missing, seen.unwanted) == (False, ("answers-directly",), ("api-stopped",))


def test_an_absence_is_shown_by_silence_about_the_named_request(signatures: Signatures) -> None:
    seen = recognise(signatures.by_mechanism["deaf"], signatures, slow_work(heard=False))
    assert seen.refs["api-silent"] == f"absent:api-1/app.log@{RID}"
    heard = recognise(signatures.by_mechanism["deaf"], signatures, slow_work())
    assert heard.missing == ("api-silent",)


def test_one_replica_that_was_not_asked_proves_no_silence(signatures: Signatures) -> None:
    record = slow_work()
    with_two = replace(record, start={**record.start, "api-2/app.log": 0})
    assert recognise(signatures.by_mechanism["deaf"], signatures, with_two).missing == ("api-silent",)


def test_lines_before_the_incident_count_only_where_a_fact_may_precede(signatures: Signatures) -> None:
    record = closed_port()
    late = replace(record, start={**record.start, "gateway/error.log": 99, "system/process.log": 99})
    seen = recognise(signatures.by_mechanism["closed-port"], signatures, late)
    assert seen.missing == ("refused",)


def test_a_look_from_before_the_incident_does_not_count(signatures: Signatures) -> None:
    early = Look(1, "probe", {"via": "api-1", "status": 200}, NOW)
    assert recognise(signatures.by_mechanism["closed-port"], signatures, closed_port().with_looks(early)).ok


def test_a_draw_that_the_round_does_not_have_matches_nothing(signatures: Signatures) -> None:
    record = replace(slow_work(), draws={})
    assert recognise(signatures.by_mechanism["slow-work"], signatures, record).missing == ("api-late",)


def test_five_thousand_lines_are_read_in_a_moment(signatures: Signatures) -> None:
    lines = [line for n in range(1, 2501) for line in (lab_line(n, n / 10, f"r{n}"), app_line(n, n / 10, f"r{n}"))]
    record = Record(tuple(lines), request_id="r1", draws={"route": "x", "limit_ms": 3000})
    began = time.perf_counter()
    for signature in signatures.by_mechanism.values():
        recognise(signature, signatures, record)
    assert time.perf_counter() - began < 1.0
