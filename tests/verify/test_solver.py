from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import small_catalogue
from lab.catalog.load import load_signatures
from lab.catalog.scenario import Measured
from lab.catalog.signature import Signatures
from lab.grading.grade import grade
from lab.grading.key import build_key
from lab.logs.line import Look
from lab.logs.record import Record
from lab.verify.solver import Witness, desk, solve
from small_catalogue import NOW, app_line, closed_port, lab_line, scenario, slow_work, wrong_door

ROUNDS: dict[str, Callable[[], Record]] = {
    "closed-port": closed_port,
    "wrong-door": wrong_door,
    "slow-work": slow_work,
    "deaf": lambda: slow_work(heard=False),
}


@pytest.fixture(scope="module")
def signatures(tmp_path_factory: pytest.TempPathFactory) -> Signatures:
    folder: Path = tmp_path_factory.mktemp("signatures")
    return small_catalogue.signatures(folder)


@pytest.mark.parametrize("mechanism", ROUNDS)
def test_the_desk_and_the_signatures_lead_to_the_key(mechanism: str, signatures: Signatures) -> None:
    record = ROUNDS[mechanism]()
    key = build_key(scenario("x", mechanism), signatures, small_catalogue.vocabulary(), record)
    answer = solve(record, signatures)
    result = grade(key, answer, record)
    assert (answer.parts["mechanism"], result.passed, result.score) == (mechanism, True, 100.0)


def test_what_the_desk_does_not_have_is_not_looked_at(signatures: Signatures) -> None:
    record = slow_work()
    blind = replace(record, draws={}, start={}, injected_at=0.0, end=None)
    assert solve(record, signatures) == solve(blind, signatures)
    seen = desk(record)
    assert (seen.draws, seen.injected_at) == ({"request_id": record.request_id}, 0.0)


def test_the_incident_is_found_shortly_before_the_first_symptom() -> None:
    seen = desk(closed_port())
    first = min(line.n for line in seen.incident() if line.kind == "gateway-lab")
    assert 8 <= first <= 11


def test_a_draw_has_one_value_in_all_facts_of_a_signature(signatures: Signatures, tmp_path: Path) -> None:
    text = small_catalogue.FACTS.replace("uct: set, uht: unset}}", "uct: set, uht: unset, path: $route}}")
    (tmp_path / "small.yaml").write_text(text)
    changed = load_signatures(tmp_path)
    record = slow_work()
    assert solve(record, signatures).parts["mechanism"] == "slow-work"
    only_lab = replace(record, lines=tuple(line for line in record.lines if line.kind != "gateway-error"))
    # `$route` is "/products" in the gateway's line and "products" in the api's: no draw can be both.
    assert solve(only_lab, changed).parts["mechanism"] != "slow-work"


def test_a_round_that_shows_nothing_is_answered_with_its_status_only(signatures: Signatures) -> None:
    record = Record((lab_line(1, 1, "a"),), request_id="a")
    assert solve(record, signatures).parts == {"status": "200"}
    assert solve(record, signatures).evidence == ()


def test_measured_parts_are_answered(signatures: Signatures) -> None:
    calm = [lab_line(n, n / 4, f"r{n}", rt=0.004 + n % 3 / 1000) for n in range(1, 81)]
    rising = [lab_line(80 + n, 20 + n / 4, f"s{n}", rt=0.05 * n) for n in range(1, 41)]
    failing = [
        lab_line(120 + n, 30 + n / 4, "named" if n == 1 else f"f{n}", rt=3.0, status=504, us="504", uht="-")
        for n in range(1, 21)
    ]
    lines = (*calm, *rising, *failing, app_line(1, 50, "f1", ms=5000))
    record = Record(lines, start={"gateway/lab.log": 80}, request_id="named", injected_at=NOW + 20)
    asks = {
        "onset": Measured(of="onset", tolerance=2.0, ask="?"),
        "p50": Measured(of="p50", tolerance=0.3, ask="?"),
        "p99": Measured(of="p99", tolerance=0.3, ask="?"),
    }
    key = build_key(scenario("x", "slow-work", asks=asks), signatures, small_catalogue.vocabulary(), record)
    answer = solve(record, signatures, asks)
    hit = {part: key.parts[part].hit_by(answer.parts[part]) for part in asks}  # type: ignore[union-attr]
    assert hit == {"onset": True, "p50": True, "p99": True}, answer


def test_a_number_like_those_before_the_incident_is_not_beyond_an_unknown_limit(signatures: Signatures) -> None:
    record = slow_work()
    as_ever = [
        app_line(line.n, line.n + 5, str(line.fields["rid"]), ms=3.0) for line in record.lines if line.kind == "app"
    ]
    others = tuple(line for line in record.lines if line.kind != "app")
    usual = replace(record, lines=(*others, *as_ever))
    assert solve(record, signatures).parts["mechanism"] == "slow-work"
    fact = signatures.facts["api-late"]
    assert Witness(desk(record)).seen(fact)
    assert not Witness(desk(usual)).seen(fact)


def test_pieces_near_the_named_request_are_cited_first(signatures: Signatures) -> None:
    seen = Witness(desk(closed_port())).seen(signatures.facts["refused"])
    assert [one.ref for one in seen] == ["gateway/error.log:2"]


def test_a_mechanism_that_lacks_what_is_there_explains_nothing(signatures: Signatures) -> None:
    answered = Look(1, "probe", {"via": "api-1", "status": 200}, NOW + 30)
    both = solve(closed_port().with_looks(answered), signatures)
    assert both.parts.get("mechanism") not in ("closed-port", "wrong-door")
