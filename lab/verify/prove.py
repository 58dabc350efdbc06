"""Proving scenarios: healthy, broken, recognised, told from its neighbours, restored, healthy again, gone."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lab.catalog.load import find_scenario, load_scenarios, load_signatures
from lab.catalog.scenario import Scenario
from lab.catalog.signature import Signatures
from lab.engines import open_engine
from lab.engines.base import Engine, Stack
from lab.errors import LabError
from lab.faults.registry import needs
from lab.grading.recognise import recognise
from lab.logs.record import Record
from lab.paths import home
from lab.round.run import Run
from lab.round.survey import survey

PACE = 0.1
"""Factor on the gateway's timeouts: 3 s are proven in 0.3 s."""
SLOWER_PACE = 0.3
"""The same where latency creeps, since what isn't touched has to be told from what is late, and in containers."""

AT_ONCE = 4
"""Scenarios proven side by side on one machine; with more, a busy one misses timeouts of 0.3 s while it is healthy."""


@dataclass(slots=True)
class Proof:
    """What became of one scenario. Phases are seconds."""

    id: str
    ok: bool = False
    reason: str = ""
    phases: dict[str, float] = field(default_factory=dict)
    record: Record | None = None
    left_behind: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The contract's scenario object."""
        names = ("launch", "healthy", "inject", "symptom", "restore", "stop")
        phases = {name: round(self.phases[name], 3) if name in self.phases else None for name in names}
        return {"id": self.id, "ok": self.ok, "reason": self.reason, "phases": phases}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure a phase, also when it fails."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.phases[name] = time.monotonic() - began


async def prove(
    scenario: Scenario, engine: Engine, *, seed: int, pace: float = PACE, inject: bool = True, folder: Path
) -> Proof:
    """Take one scenario through its whole life in `folder`.

    `inject=False` leaves the fault out; the proof must then fail. What was recorded while it was broken is in
    the proof, with the looks that a careful trainee would make, numbered from 1.
    """
    proof = Proof(scenario.id)
    signatures = load_signatures()
    run = Run(scenario, signatures, engine, folder, seed=seed, pace=pace, inject=inject)
    stack: Stack | None = None
    try:
        with proof.phase("launch"):
            await run.__aenter__()
        stack = run.stack
        try:
            with proof.phase("healthy"):
                await run.prove_healthy()
            with proof.phase("inject"):
                await run.inject()
            with proof.phase("symptom"):
                await run.prove_broken()
                proof.record = await _recorded(run)
            _told_apart(scenario, signatures, proof.record)
            with proof.phase("restore"):
                await run.restore()
            if run.accidents:
                raise LabError(f"Something died that the scenario did not kill: {run.accidents[0]}.", "", code=3)
        finally:
            with proof.phase("stop"):
                await run.__aexit__(None, None, None)
        proof.left_behind = await stack.left_behind()
        if proof.left_behind:
            raise LabError(f"Left behind: {'; '.join(proof.left_behind)}.", "", code=3)
        proof.ok = True
    except LabError as error:
        proof.reason = f"{error.what} {error.cure}".strip()
    return proof


async def _recorded(run: Run) -> Record:
    """The record with a survey's looks, numbered as a trainee's would be."""
    looks = await survey(run.stack, run.symptom.probed, run.tokens)
    return run.record(looks=tuple(replace(look, n=n) for n, look in enumerate(looks, start=1)))


def _told_apart(scenario: Scenario, signatures: Signatures, record: Record) -> None:
    """No neighbour's signature may be recognised in what was recorded."""
    own = signatures.by_mechanism[scenario.mechanism]
    for neighbour in scenario.neighbours or own.lookalikes:
        if recognise(signatures.by_mechanism[neighbour], signatures, record).ok:
            raise LabError(f"What was recorded also fits {neighbour}.", "Its signature separates too little.", code=3)


async def prove_all(
    scenarios: Sequence[Scenario], engine: Engine, *, seed: int, progress: Callable[[str], None]
) -> list[Proof]:
    """Prove many side by side, in the order given. The folder of one that failed is kept; its reason names it."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(scenario: Scenario) -> Proof:
        async with places:
            folder = home() / "verify" / f"{scenario.codename}-{os.getpid()}"
            shutil.rmtree(folder, ignore_errors=True)
            for part in ("logs", "conf", "data"):
                (folder / part).mkdir(parents=True)
            pace = PACE if engine.name == "process" and scenario.family != "latency" else SLOWER_PACE
            proof = await prove(scenario, engine, seed=seed, pace=pace, folder=folder)
            if proof.ok:
                shutil.rmtree(folder, ignore_errors=True)
            progress(f"{'ok    ' if proof.ok else 'FAILED'} {scenario.id}{'' if proof.ok else ': ' + proof.reason}")
            return proof

    return list(await asyncio.gather(*(one(scenario) for scenario in scenarios)))


def chosen(ids: Sequence[str]) -> list[Scenario]:
    """The scenarios of these ids or codenames, or all; those of high level first, because they take longest."""
    wanted = [find_scenario(id_) for id_ in ids] if ids else list(load_scenarios().values())
    return sorted(wanted, key=lambda scenario: -scenario.level)


def verify(
    ids: Sequence[str] = (),
    engine: str = "process",
    progress: Callable[[str], None] = lambda line: None,
    *,
    link_server: str | None = None,
    seed: int = 1,
) -> dict[str, Any]:
    """Prove scenarios and play the guessers and the solver against them: the contract's verify object."""
    return asyncio.run(_verify(ids, engine, link_server, progress, seed))


async def _verify(
    ids: Sequence[str], engine: str, link_server: str | None, progress: Callable[[str], None], seed: int
) -> dict[str, Any]:
    from lab.verify.play import play_all

    began = time.monotonic()
    async with open_engine(engine, link_server=link_server, progress=progress) as place:
        offers = place.offers()
        skipped, able = [], []
        for scenario in chosen(ids):
            lacking = needs(scenario) - offers
            if lacking:
                skipped.append({"id": scenario.id, "reason": f"{engine} lacks {', '.join(sorted(lacking))}"})
            else:
                able.append(scenario)
        proofs = await prove_all(able, place, seed=seed, progress=progress)
        versions = await place.versions()
    played = play_all({proof.id: proof.record for proof in proofs if proof.record}, seed=seed)
    return {
        "engine": engine,
        "versions": versions,
        "wall_s": round(time.monotonic() - began, 3),
        "scenarios": [proof.as_dict() for proof in proofs],
        "skipped": skipped,
        "left_behind": [what for proof in proofs for what in proof.left_behind],
        **played,
    }
