from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import small_catalogue
from lab.catalog.scenario import Scenario
from lab.catalog.vocabulary import SET_OF_PART
from lab.grading.answer import Answer
from lab.grading.grade import Grade, grade
from lab.grading.key import build_key
from lab.logs.record import Record
from lab.verify.guessers import GUESSERS, Catalogue, Finished, hill_climber, last_line, play
from small_catalogue import closed_port, scenario, slow_work, wrong_door

ROUNDS: dict[str, tuple[Scenario, Callable[[], Record]]] = {
    "shut": (scenario("shut", "closed-port"), closed_port),
    "shut-too": (scenario("shut-too", "closed-port", level=1), closed_port),
    "door": (scenario("door", "wrong-door"), wrong_door),
    "slow": (scenario("slow", "slow-work", level=3), slow_work),
    "deaf-one": (scenario("deaf-one", "deaf", level=2), lambda: slow_work(heard=False)),
}


class Judge:
    """Grades as a round would, and keeps what was answered."""

    def __init__(self, one: Scenario, record: Record, folder: Path) -> None:
        signatures, self.vocabulary = small_catalogue.signatures(folder), small_catalogue.vocabulary()
        self.key, self.record = build_key(one, signatures, self.vocabulary, record), record
        self.answers: list[Answer] = []

    def __call__(self, answer: Answer) -> Grade:
        self.answers.append(answer)
        return grade(self.key, answer, self.record, number=len(self.answers))

    def choices(self) -> dict[str, tuple[str, ...]]:
        sets = {part: SET_OF_PART.get(part) for part in self.key.weights}
        return {part: tuple(t.id for t in self.vocabulary.terms(name)) if name else () for part, name in sets.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("signatures")
    return folder


@pytest.fixture
def catalogue(folder: Path) -> Catalogue:
    scenarios = [one for one, _ in ROUNDS.values()]
    return Catalogue.of(scenarios, small_catalogue.signatures(folder), small_catalogue.vocabulary())


@pytest.fixture
def finished(folder: Path) -> Callable[..., Finished]:
    def make(id_: str, hints: tuple[str, ...] = ()) -> Finished:
        one, record = ROUNDS[id_]
        judge = Judge(one, record(), folder)
        return Finished(id_, judge.record, judge.choices(), judge, hints, seed=7)

    return make


def test_the_catalogues_frequencies_are_public(catalogue: Catalogue) -> None:
    assert catalogue.commonest()["mechanism"] == "closed-port"
    assert catalogue.commonest("504")["mechanism"] in ("slow-work", "deaf")
    assert catalogue.commonest("418")["mechanism"] == "closed-port"


@pytest.mark.parametrize("name", GUESSERS)
@pytest.mark.parametrize("id_", ROUNDS)
def test_each_guesser_is_pure_and_cites_what_is_there(
    name: str, id_: str, catalogue: Catalogue, finished: Callable[..., Finished]
) -> None:
    once, again = finished(id_), finished(id_)
    assert GUESSERS[name](catalogue, once) == GUESSERS[name](catalogue, again)
    judge = once.judge
    assert isinstance(judge, Judge)
    assert all(answer.evidence for answer in judge.answers)
    assert 1 <= len(judge.answers) <= (3 if name == "hill-climber" else 1)


def test_understanding_nothing_passes_only_the_first_level(
    catalogue: Catalogue, finished: Callable[..., Finished]
) -> None:
    played = play(GUESSERS, [finished(id_) for id_ in ROUNDS], catalogue)
    assert list(played) == ["constant", "random", "status-only", "spray", "text-to-mechanism", "hill-climber"]
    for name in ("constant", "status-only", "spray"):
        assert played[name]["passed"] == ["shut-too"], name
    assert played["random"]["passed"] == []
    assert 0 < played["random"]["mean"] < played["status-only"]["mean"]


def test_a_hill_climber_learns_from_a_hint_where_to_look(
    catalogue: Catalogue, finished: Callable[..., Finished]
) -> None:
    told = finished("slow", ("Read api-1/app.log. Is the handler slower than the timeout?",))
    assert hill_climber(catalogue, told).score >= hill_climber(catalogue, finished("slow")).score
    judge = told.judge
    assert isinstance(judge, Judge)
    assert any("api-1/app.log" in str(ref) for ref in judge.answers[0].evidence)
    assert judge.answers[0].parts["mechanism"] == "slow-work"


def test_a_hill_climber_does_not_repeat_a_mechanism(catalogue: Catalogue, finished: Callable[..., Finished]) -> None:
    round_ = finished("deaf-one", ("handler slower timeout",))
    hill_climber(catalogue, round_)
    judge = round_.judge
    assert isinstance(judge, Judge)
    assert [answer.parts["mechanism"] for answer in judge.answers][:2] == ["slow-work", "deaf"]


def test_the_last_line_of_the_incident_is_cited() -> None:
    assert [str(ref) for ref in last_line(closed_port())] == ["gateway/error.log:11"]
    assert last_line(Record(())) == ()


def test_no_rounds_have_a_mean_of_nothing(catalogue: Catalogue) -> None:
    assert play(GUESSERS, [], catalogue)["constant"] == {"mean": 0.0, "passed": []}
