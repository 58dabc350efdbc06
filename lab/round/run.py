"""A system that is launched, proven healthy, broken, and proven broken: what every round and every verification is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from lab.catalog.scenario import Scenario
from lab.catalog.signature import Signature, Signatures
from lab.engines.base import Engine, Exit, Stack
from lab.errors import LabError
from lab.faults.base import Injector
from lab.faults.registry import build
from lab.grading.recognise import Recognition, recognise
from lab.logs.line import Line, Look
from lab.logs.reader import line_counts, read_logs
from lab.logs.record import Record
from lab.round.draws import draw, generator
from lab.round.plan import plan_of
from lab.round.survey import survey
from lab.round.symptom import Symptom
from lab.traffic.baseline import baseline, unexpected
from lab.traffic.clients import Clients
from lab.traffic.exchange import Exchange

NOISE = {1: (), 2: ("crawler",), 3: ("crawler", "importer"), 4: ("crawler", "importer"), 5: ("crawler", "importer")}
"""Level → clients that fail on their own account."""

SPARSE = 3.0
"""Requests per second once the failure is proven, so that a log stays readable."""

_HEALTHY_TRIES = 3
"""A busy machine may miss a timeout of 0.3 s once; a system that is not healthy misses it every time."""

_HEALTHY_AGAIN = 6.0
"""Seconds in which a restored system has to be healthy."""


class Run:
    """One scenario on one engine.

    Args:
        pace: factor on the gateway's timeouts where they are what fails; 0.1 proves a three-second one in 0.3 s.
        inject: False leaves the fault out, by which a verification shows that it can fail.
        on_accident: called when something died that the scenario did not kill.
    """

    def __init__(
        self,
        scenario: Scenario,
        signatures: Signatures,
        engine: Engine,
        folder: Path,
        *,
        seed: int,
        pace: float = 1.0,
        inject: bool = True,
        on_accident: Callable[[Exit], None] | None = None,
    ) -> None:
        self.scenario = scenario
        self.signature: Signature = signatures.by_mechanism[scenario.mechanism]
        self.folder = folder
        self.seed = seed
        self.draws: dict[str, Any] = draw(scenario, seed)
        self.injectors: tuple[Injector, ...] = build(scenario, self.draws) if inject else ()
        self.accidents: list[Exit] = []
        self.injected_at = 0.0
        self.request_id = ""
        self.first: Exchange | None = None
        """The exchange that the brief names."""
        self.baseline: list[Exchange] = []
        self.symptom = Symptom(scenario, signatures, self.draws, self._lines)
        self._signatures = signatures
        self._engine = engine
        self._pace = pace
        self._on_accident = on_accident
        self._resources = AsyncExitStack()
        self._client_log = folder / "logs" / "client" / "client.log"
        self._start: dict[str, int] = {}
        self._end: dict[str, int] | None = None
        self._began = time.time()
        self._dice = generator(seed, "symptom")
        self.stack: Stack
        self.clients: Clients
        self.tokens: dict[str, str] = {}

    @property
    def logs(self) -> dict[str, Path]:
        """Reference name → file of every log: those of the system, and what the clients saw."""
        return {**self.stack.logs, "client/client.log": self._client_log}

    # -- life ---------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Run:
        try:
            await self._launch()
        except BaseException:
            await self._resources.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace_: TracebackType | None
    ) -> None:
        await self._resources.aclose()

    async def _launch(self) -> None:
        self._client_log.parent.mkdir(parents=True, exist_ok=True)
        timed_out = 504 in self.symptom.statuses or self.scenario.symptom.takes_a_timer
        plan = plan_of(self.scenario, self.folder, self.seed, self._pace if timed_out else 1.0)
        self.stack = await self._resources.enter_async_context(self._engine.launch(plan, self._exited))
        self.draws["read_timeout_ms"] = 1000 * float(self.stack.conf["read_timeout"])
        for kind, ttl in (("valid", 86_400), ("expired", -3_600)):
            answer = await self.stack.hop("api-1").control("POST", "/tokens", {"user": 1, "ttl": ttl})
            self.tokens[kind] = str(answer["token"])
        decoy = (self.scenario.decoy,) if self.scenario.decoy else ()
        self.clients = Clients(
            self.stack.gateway.address,
            self.stack.clients,
            seed=self.seed,
            rate=self.scenario.clients,
            tokens=self.tokens,
            log=self._client_log,
            noise=(*NOISE[self.scenario.level], *decoy),
            on_exchange=self._saw,
        )
        self._resources.push_async_callback(self.quiet)

    async def quiet(self) -> None:
        """End the background traffic. That its log could not be written, on a full disk, is no reason to fail."""
        with suppress(OSError):
            await self.clients.stop()

    def _exited(self, exit_: Exit) -> None:
        if not exit_.asked:
            self.accidents.append(exit_)
            if self._on_accident:
                self._on_accident(exit_)

    def _saw(self, seen: Exchange) -> None:
        if self.injected_at and not self.request_id:
            self.symptom.saw(seen)

    # -- the phases ---------------------------------------------------------------------------------------------

    async def prove_healthy(self) -> None:
        """Every route answers as it should.

        Raises:
            LabError: names the first answer that was not as expected.
        """
        for _ in range(_HEALTHY_TRIES):
            self.baseline = await baseline(
                self.stack.gateway.address,
                self.stack.clients,
                self.tokens,
                seed=self.seed,
                log=self._client_log,
            )
            odd = unexpected(self.baseline)
            if not odd:
                break
        if odd:
            raise LabError(
                f"The system was not healthy before anything was broken: {_told(odd[0])}.",
                f"Its logs are in {self.folder / 'logs'}.",
                code=3,
            )

    async def inject(self) -> None:
        """Start the background traffic, note how long each log is, and break the system.

        A healthy system has no such moment: its whole life is what the questions are about.
        """
        self.injected_at = self._began
        self.clients.start()
        if self.scenario.fault:
            await asyncio.sleep(self.scenario.before)
            self._start = line_counts(self.logs)
            self.injected_at = time.time()
        for injector in self.injectors:
            await injector.inject(self.stack)

    async def prove_broken(self) -> Recognition:
        """A client sees the symptom, and the logs have what the signature says.

        Raises:
            LabError: names what was not seen in time.
        """
        window = self.scenario.symptom.within + float(self.stack.conf["read_timeout"])
        deadline = time.monotonic() + window
        self.first = await self.symptom.find(self.clients.once, deadline)
        self.request_id = self.draws["request_id"] = self.first.rid
        while True:
            looks = await survey(self.stack, self.symptom.probed, self.tokens)
            seen = recognise(self.signature, self._signatures, self.record(looks=looks))
            if seen.ok:
                self.clients.thin(SPARSE)
                return seen
            if time.monotonic() > deadline:
                lacking = ", ".join((*seen.missing, *(f"not {fact}" for fact in seen.unwanted)))
                raise LabError(
                    f"A client saw {_told(self.first)}, but within {window:.1f} s nothing showed: {lacking}.",
                    f"The logs are in {self.folder / 'logs'}.",
                    code=3,
                )
            await asyncio.sleep(0.03)

    async def restore(self) -> None:
        """Undo the fault, and wait until every route answers as it should again.

        Raises:
            LabError: when it does not within six seconds.
        """
        for injector in reversed(self.injectors):
            await injector.restore(self.stack)
        self.end_incident()
        deadline = time.monotonic() + _HEALTHY_AGAIN
        while odd := unexpected(await self.check()):
            if time.monotonic() > deadline:
                raise LabError(
                    f"The fault was undone and the system is not healthy: {_told(odd[0])}.",
                    f"The logs are in {self.folder / 'logs'}.",
                    code=3,
                )
            await asyncio.sleep(0.05)

    async def check(self) -> list[Exchange]:
        """One request of each route."""
        return await baseline(
            self.stack.gateway.address, self.stack.clients, self.tokens, seed=self._dice.getrandbits(32), rounds=1
        )

    def end_incident(self) -> None:
        """From here on, lines are no longer about the incident."""
        if self._end is None:
            self._end = line_counts(self.logs)

    # -- what was recorded --------------------------------------------------------------------------------------

    def _lines(self) -> tuple[Line, ...]:
        return tuple(line for log in read_logs(self.folder / "logs").values() for line in log)

    def record(self, *, looks: tuple[Look, ...] = ()) -> Record:
        """Everything that the round has recorded until now."""
        return Record(
            lines=self._lines(),
            looks=looks,
            start=dict(self._start),
            end=self._end,
            request_id=self.request_id,
            injected_at=self.injected_at,
            draws=dict(self.draws),
        )


def _told(seen: Exchange | None) -> str:
    """An exchange in a few words."""
    if seen is None:
        return "nothing"
    got = f"{seen.status}" if seen.status is not None else (seen.error or "no status")
    return f"{got} on {seen.method} {seen.path}"
