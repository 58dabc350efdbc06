"""One round: its states, what a trainee may do in each, and its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from lab.catalog.load import load_signatures, load_vocabulary
from lab.engines.base import Engine, Exit
from lab.errors import LabError
from lab.logs.record import Record
from lab.round.brief import brief
from lab.round.choice import MOST_MINUTES, Wish
from lab.round.debrief import clock, debrief
from lab.round.desk import Desk
from lab.round.exam import Exam
from lab.round.folder import Folder
from lab.round.run import Run

LOG_CAP = 64 * 1024 * 1024
"""Bytes of logs at which a round's background traffic stops."""


class Round:
    """The state machine of one round. `opened` and `over` are set as it gets there."""

    def __init__(self, wish: Wish, folder: Folder, progress: Callable[[str], None]) -> None:
        self.wish = wish
        self.folder = folder
        self.state = "launching"
        self.outcome = ""
        self.reason = ""
        self.over = asyncio.Event()
        self.exam = Exam(wish.scenario, load_signatures(), load_vocabulary())
        self.run: Run
        self.desk: Desk
        self._progress = progress
        self._events: list[tuple[float, str]] = []
        self._expires = 0.0
        self._since = time.time()
        self._opened_in = 0.0
        self._brief = ""
        self._debrief: dict[str, Any] | None = None

    # -- its life -----------------------------------------------------------------------------------------------

    async def live(self, engine: Engine, opened: Callable[[Mapping[str, Any]], Awaitable[None]]) -> None:
        """Open the round, call `opened` with the contract's start object, and stay until it is over.

        Raises:
            LabError: when the round could not be opened; its state is then broken, and everything is down.
        """
        began = time.monotonic()
        launching = Run(
            self.wish.scenario,
            self.exam.signatures,
            engine,
            self.folder.path,
            seed=self.wish.seed,
            pace=self.wish.pace,
            on_accident=self._accident,
        )
        try:
            self._enter("launching", "starting the system")
            async with launching as self.run:
                self.desk = Desk(self.run, self.folder)
                self._enter("healthy", "checking that it is healthy")
                await self.run.prove_healthy()
                self._enter("injecting", "letting its clients work")
                await self.run.inject()
                self._enter("proving", "checking what the brief will say")
                await self.run.prove_broken()
                if self.reason:
                    raise LabError(self.reason, f"Its logs are in {self.folder.path / 'logs'}.", code=3)
                self._opened_in = time.monotonic() - began
                self._expires = time.time() + 60 * self.wish.minutes
                self._write_desk()
                self._enter("open", "open")
                await opened(self.start())
                await self._watch()
                self.run.end_incident()
                self._close()
        except LabError as error:
            self.state, self.reason = "broken", self.reason or error.what
            raise
        finally:
            if self.state != "broken":
                self.state = "broken" if self.outcome == "broken" else "closed"
            self.save()

    async def _watch(self) -> None:
        """Until it is stopped, broken, expired, or its folder is taken away."""
        while not self.over.is_set():
            left = self._expires - time.time()
            if left <= 0:
                self._end("expired", "its time was over")
            elif not self.folder.is_whole():
                self._end("broken", "its folder was taken away")
            elif self._log_bytes() > LOG_CAP:
                await self.run.quiet()
            try:
                await asyncio.wait_for(self.over.wait(), min(max(left, 0), 1.0))
            except TimeoutError:
                continue

    def stop(self) -> None:
        """End it from outside."""
        self._end(self.outcome or "stopped", "it was stopped")

    def _end(self, outcome: str, why: str) -> None:
        if not self.over.is_set():
            self.outcome = outcome
            self.reason = why if outcome == "broken" else self.reason
            self.note(why)
            self.over.set()

    def _accident(self, exit_: Exit) -> None:
        how = f"on {exit_.signal}" if exit_.signal else f"with code {exit_.code}"
        self.reason = f"{exit_.hop} ended {how}, and the scenario did not do that."
        self._end("broken", self.reason)

    def _close(self) -> None:
        if self._debrief is None:
            self._debrief = self._make_debrief()
        if self.outcome != "broken":
            self.folder.append(self.folder.debrief, self._debrief)

    def _enter(self, state: str, what: str) -> None:
        self.state = state
        self.note(what)
        self._progress(what)
        self.save()

    def note(self, what: str) -> None:
        """Keep what happened, for the timeline and the journal."""
        self._events.append((time.time(), what))
        self.folder.append(self.folder.journal, {"at": clock(time.time()), "did": what, "who": "lab"})

    def _log_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.run.logs.values() if path.exists())

    def _write_desk(self) -> None:
        from lab.upstream.reference import api_reference

        self._brief = brief(self.wish.scenario, self.run, expires=clock(self._expires))
        (self.folder.path / "brief.md").write_text(self._brief, encoding="utf-8")
        (self.folder.path / "api.md").write_text(api_reference(), encoding="utf-8")

    # -- what is known of it ------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """The contract's status object, and what a closed round keeps besides."""
        best = self.exam.best
        return {
            "round": self.folder.name,
            "state": self.state,
            "outcome": self.outcome or None,
            "reason": self.reason or None,
            "codename": self.wish.scenario.codename,
            "level": self.wish.scenario.level,
            "engine": self.wish.engine,
            "url": self._url(),
            "since": clock(self._since),
            "expires_at": clock(self._expires) if self._expires else None,
            "tries_left": self.exam.tries_left,
            "hints_taken": self.exam.hints,
            "looks": len(self.desk.looks) if hasattr(self, "desk") else 0,
            "score": best.score if best else None,
            "passed": bool(best and best.passed),
        }

    def start(self) -> dict[str, Any]:
        """The contract's start object with the brief."""
        scenario = self.wish.scenario
        shown = {"id": scenario.id} if self.wish.named else {}
        return {
            "round": self.folder.name,
            "codename": scenario.codename,
            **shown,
            "engine": self.wish.engine,
            "seed": self.wish.seed if self.wish.named or self.wish.seed_given else None,
            "url": self._url(),
            "folder": str(self.folder.path),
            "logs": {name: str(path) for name, path in self.run.logs.items()},
            "request_id": self.run.request_id,
            "questions": self.exam.questions(),
            "opened_in_s": round(self._opened_in, 3),
            "expires_at": clock(self._expires),
            "level": scenario.level,
            "minutes": scenario.minutes,
            "brief": self._brief,
        }

    def _url(self) -> str | None:
        return f"http://{self.run.stack.gateway.address}" if hasattr(self, "run") else None

    def record(self) -> Record:
        """What it has recorded, with the trainee's looks."""
        return self.run.record(looks=tuple(self.desk.looks))

    def _make_debrief(self) -> dict[str, Any]:
        record = self.record()
        best = self.exam.best
        played = {
            "tries": self.exam.tries,
            "hints": self.exam.hints,
            "looks": len(self.desk.looks),
            "score": best.score if best else 0,
            "passed": bool(best and best.passed),
            "seed": self.wish.seed,
        }
        events = [*self._events, (self.run.injected_at, "the fault was injected")]
        if self.run.first:
            events.append((self.run.first.at, f"the named request was sent ({self.run.request_id})"))
        key = self.exam.key(record).as_dict(record)
        return debrief(self.wish.scenario, self.run, record, key, events, played)

    def save(self) -> None:
        """Write the state; never the key, the id or a blind seed while the round is not over."""
        self.folder.write_state(self.status())

    # -- what a trainee's operations change ----------------------------------------------------------------------

    def extend(self, minutes: float) -> None:
        """Give it more time.

        Raises:
            LabError: usage, for a number of minutes that is not possible.
        """
        if not 0 < minutes <= MOST_MINUTES:
            raise LabError(f"{minutes:g} minutes are not possible.", f"Give 1 to {MOST_MINUTES}.", code=2)
        self._expires = min(self._expires + 60 * minutes, time.time() + 60 * MOST_MINUTES)

    def decide(self, outcome: str) -> None:
        """It is `passed` or `given-up`; the system stays up for looks and the debrief."""
        self.state = self.outcome = outcome

    def debrief(self) -> dict[str, Any]:
        """The contract's debrief object. It has the key: only for a round that is no longer open."""
        self._debrief = self._make_debrief()
        return self._debrief
