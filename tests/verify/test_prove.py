"""Every scenario, proven on the engine; and that a proof fails when its fault is left out."""

from __future__ import annotations

import asyncio
import itertools
import os

import pytest

from lab.catalog.load import load_scenarios, load_signatures, load_vocabulary
from lab.catalog.vocabulary import SET_OF_PART
from lab.engines import open_engine
from lab.engines.process.engine import ProcessEngine
from lab.faults.registry import needs
from lab.grading.answer import Answer
from lab.grading.grade import grade
from lab.grading.guard import names_in
from lab.grading.key import build_key
from lab.grading.recognise import recognise
from lab.logs.ref import LineRef
from lab.verify.play import play_all
from lab.verify.prove import chosen, prove, prove_all

pytestmark = pytest.mark.nginx

SCENARIOS = {id_: one for id_, one in load_scenarios().items() if needs(one) <= ProcessEngine().offers()}
"""Those that run on the process engine; the others are proven where their needs are met."""


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """What each scenario recorded while it was broken."""

    async def proven():
        async with open_engine("process") as engine:
            return await prove_all(chosen(tuple(SCENARIOS)), engine, seed=3, progress=lambda line: None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAB_HOME", str(tmp_path_factory.mktemp("verify")))
        proofs = asyncio.run(proven())
    assert [(proof.id, proof.reason) for proof in proofs if not proof.ok] == []
    assert [proof.left_behind for proof in proofs if proof.left_behind] == []
    return {proof.id: proof.record for proof in proofs}


def folder_for(path):
    """A folder whose name, which is the round's, no other worker has."""
    for part in ("logs", "conf", "data"):
        (path / f"round-{os.getpid()}" / part).mkdir(parents=True)
    return path / f"round-{os.getpid()}"


def test_a_proof_has_all_phases(records):
    assert records.keys() == SCENARIOS.keys()


def test_guessers_and_solver_stay_within_their_limits(records):
    played = play_all(records, seed=3)
    assert played["too_good"] == []
    assert set(played["solver"]["passed"]) == SCENARIOS.keys()


def test_every_signature_is_recognised_in_its_own_record_and_in_no_other(records):
    signatures = load_signatures()
    for id_, record in records.items():
        recognised = {
            mechanism
            for mechanism, signature in signatures.by_mechanism.items()
            if recognise(signature, signatures, record).ok
        }
        assert recognised == {SCENARIOS[id_].mechanism}, id_


def test_the_key_of_a_neighbour_is_rejected(records):
    signatures, vocabulary = load_signatures(), load_vocabulary()
    for id_, record in records.items():
        key = build_key(SCENARIOS[id_], signatures, vocabulary, record)
        for neighbour in key.neighbours:
            other = signatures.by_mechanism[neighbour]
            parts = {
                part: next(iter(getattr(other, part))) for part in ("layer", "written_by", "fault_at", "next_step")
            }
            answer = Answer({"mechanism": neighbour, "status": str(other.status[0]), **parts})
            assert not grade(key, answer, record).passed, (id_, neighbour)


def test_no_reason_for_any_answer_names_the_key(records):
    signatures, vocabulary = load_signatures(), load_vocabulary()
    for id_, record in records.items():
        key = build_key(SCENARIOS[id_], signatures, vocabulary, record)
        lines = {line.kind: LineRef(line.log, line.n) for line in record.incident()}
        evidence = [(), *((ref,) for ref in lines.values()), tuple(itertools.islice(lines.values(), 3))]
        for part, name in SET_OF_PART.items():
            if part not in key.weights:
                continue
            for term, cited in itertools.product(vocabulary.terms(name), evidence):
                graded = grade(key, Answer({part: term.id, "status": "200"}, cited), record)
                if not graded.passed:
                    told = [one.reason for one in graded.parts]
                    assert not [reason for reason in told if names_in(reason, key.names_to_hide)], (id_, term.id)


@pytest.mark.parametrize("id_", SCENARIOS)
async def test_without_its_fault_a_scenario_is_not_proven(id_, tmp_path):
    scenario = SCENARIOS[id_]
    hasty = scenario.symptom.model_copy(update={"within": 0.5})
    topology = scenario.topology.model_copy(
        update={"gateway": scenario.topology.gateway.model_copy(update={"read_timeout": 1.0})}
    )
    lame = scenario.model_copy(update={"symptom": hasty, "topology": topology, "before": 0.0, "decoy": ""})
    async with open_engine("process") as engine:
        proof = await prove(lame, engine, seed=3, pace=1.0, inject=False, folder=folder_for(tmp_path))
    assert not proof.ok
    # Where the client gets what it always gets, its request is found, and only what it leads to is not.
    as_ever = 200 in load_signatures().by_mechanism[scenario.mechanism].status
    assert "The failure was not seen" in proof.reason or (as_ever and "nothing showed" in proof.reason)
    assert proof.left_behind == []


async def test_a_fault_that_is_another_one_is_not_proven(tmp_path):
    """A stopped api gives 502 as a killed one does; only what the logs say tells that it is not this scenario."""
    crash = SCENARIOS["crash-mid-request"]
    other = crash.model_copy(
        update={"fault": SCENARIOS["port-closed"].fault, "symptom": crash.symptom.model_copy(update={"within": 0.5})}
    )
    async with open_engine("process") as engine:
        proof = await prove(other, engine, seed=3, folder=folder_for(tmp_path))
    assert not proof.ok


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_timeout_is_proven_at_its_full_length_too(seed, tmp_path):
    async with open_engine("process") as engine:
        proof = await prove(SCENARIOS["slow-handler"], engine, seed=seed, pace=1.0, folder=folder_for(tmp_path))
    assert proof.reason == ""
    assert proof.phases["symptom"] > 3.0
