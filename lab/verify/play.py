"""Playing the guessers and the solver against what was recorded, and holding what they may reach."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any

from lab.catalog.load import load_scenarios, load_signatures, load_vocabulary
from lab.catalog.scenario import Scenario
from lab.grading.answer import Answer
from lab.grading.grade import Grade, grade
from lab.grading.key import Key, build_key
from lab.logs.record import Record
from lab.round.exam import Exam
from lab.verify.guessers import GUESSERS, Catalogue, Finished, play
from lab.verify.solver import solve

MEAN_UNDER = {"constant": 25.0, "random": 25.0, "status-only": 35.0}
"""Guesser → the mean score over the catalogue that it must stay under."""

PASSES_UP_TO = {"random": 0, "status-only": 1, "spray": 1, "text-to-mechanism": 2, "hill-climber": 2}
"""Guesser → the highest level of which it may pass a round. A constant answer may pass those whose key it is."""


def play_all(records: Mapping[str, Record], *, seed: int) -> dict[str, Any]:
    """`{guessers, solver, too_good}`: what each reached, and in words what went beyond its limits."""
    scenarios = load_scenarios()
    signatures, vocabulary = load_signatures(), load_vocabulary()
    catalogue = Catalogue.of(scenarios.values(), signatures, vocabulary)
    keys = {id_: build_key(scenarios[id_], signatures, vocabulary, record) for id_, record in records.items()}
    rounds = [_finished(scenarios[id_], keys[id_], record, seed) for id_, record in records.items()]
    guessers = play(GUESSERS, rounds, catalogue)
    solved = {id_: _solve(scenarios[id_], keys[id_], record) for id_, record in records.items()}
    solver = {
        "mean": round(fmean(grade.score for grade in solved.values()), 1) if solved else 0.0,
        "passed": [id_ for id_, grade in solved.items() if grade.passed],
    }
    return {"guessers": guessers, "solver": solver, "too_good": _too_good(guessers, solver, scenarios, records)}


def _finished(scenario: Scenario, key: Key, record: Record, seed: int) -> Finished:
    questions = Exam(scenario, load_signatures(), load_vocabulary()).questions()

    def judge(answer: Answer) -> Grade:
        return grade(key, answer, record)  # without the price of later tries, which flatters the hill climber

    return Finished(
        id=scenario.id,
        record=record,
        choices={question["part"]: tuple(question.get("choices", ())) for question in questions},
        judge=judge,
        hints=tuple(hint.says for _, hint in scenario.hints.rungs()),
        seed=seed,
    )


def _solve(scenario: Scenario, key: Key, record: Record) -> Grade:
    return grade(key, solve(record, load_signatures(), scenario.asks), record)


def _too_good(
    guessers: Mapping[str, Any], solver: Mapping[str, Any], scenarios: Mapping[str, Scenario], played: Mapping[str, Any]
) -> list[str]:
    """What guessers reached beyond their limits, and what the solver did not reach."""
    found = []
    whole = set(played) == set(scenarios)  # a mean over a part of the catalogue says nothing
    for name, limit in MEAN_UNDER.items():
        if whole and guessers[name]["mean"] >= limit:
            found.append(f"{name} scores {guessers[name]['mean']} on average, {limit:g} is the limit")
    for name, level in PASSES_UP_TO.items():
        found += [f"{name} passes {id_}" for id_ in guessers[name]["passed"] if scenarios[id_].level > level]
    found += [f"the solver does not reach {id_}" for id_ in played if id_ not in solver["passed"]]
    return found
