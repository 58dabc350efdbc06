"""What may be asked of an open round through its control socket."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from lab.catalog.vocabulary import nearest
from lab.errors import LabError
from lab.round.debrief import clock
from lab.round.round import Round
from lab.round.run import SPARSE


class Operations:
    """The operations of one round, by name."""

    def __init__(self, round_: Round) -> None:
        self._round = round_
        self._by_name: dict[str, Callable[..., Awaitable[Mapping[str, Any]]]] = {
            "status": self._status,
            "brief": self._brief,
            "extend": self._extend,
            "probe": self._probe,
            "inspect": self._inspect,
            "mix": self._mix,
            "traffic": self._traffic,
            "hint": self._hint,
            "answer": self._answer,
            "give-up": self._give_up,
            "debrief": self._debrief,
            "journal": self._journal,
        }

    async def handle(self, op: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do one of them, and save the round's state.

        Raises:
            LabError: for an unknown one, or what the operation has to say.
        """
        if op not in self._by_name:
            raise LabError(f"A round cannot {op!r}.", nearest(op, self._by_name), code=2)
        try:
            return await self._by_name[op](**params)
        finally:
            self._round.save()

    def _must_be(self, *states: str) -> None:
        state = self._round.state
        if state not in states:
            done = {"passed": "passed already", "given-up": "given up"}.get(state, state)
            raise LabError(f"The round is {done}.", "`lab debrief` tells what happened; `lab start` opens another.")

    async def _status(self) -> Mapping[str, Any]:
        return self._round.status()

    async def _brief(self) -> Mapping[str, Any]:
        return self._round.start()

    async def _extend(self, minutes: float) -> Mapping[str, Any]:
        self._round.extend(minutes)
        return self._round.status()

    async def _probe(self, **asked: Any) -> Mapping[str, Any]:
        return {"looks": await self._round.desk.probe(**asked)}

    async def _inspect(self, topic: str, hop: str) -> Mapping[str, Any]:
        return await self._round.desk.inspect(topic, hop)

    async def _mix(self, filters: Mapping[str, str], per: float | None) -> Mapping[str, Any]:
        return self._round.desk.mix(filters, per)

    async def _traffic(self, mode: str) -> Mapping[str, Any]:
        clients, full = self._round.run.clients, self._round.wish.scenario.clients
        if mode == "on":
            clients.thin(full)
            clients.resume()
        elif mode == "off":
            clients.pause()
        elif mode == "once":
            await self._round.run.check()
        else:
            raise LabError(f"Traffic cannot be {mode!r}.", "Give on, off or once.", code=2)
        return {"traffic": mode, "rate": {"on": full, "off": 0.0}.get(mode, SPARSE)}

    async def _hint(self) -> Mapping[str, Any]:
        self._must_be("open")
        hint = self._round.exam.hint(self._round.record())
        self._round.note(f"took the hint '{hint['rung']}'")
        return hint

    async def _answer(self, parts: Mapping[str, str], evidence: list[str]) -> Mapping[str, Any]:
        self._must_be("open")
        exam = self._round.exam
        result = exam.answer(parts, evidence, self._round.record())
        self._round.note(f"try {exam.tries}: {'passed' if result.passed else 'not passed'}, {result.score:g} points")
        if result.passed:
            self._round.decide("passed")
        return result.as_dict(round=self._round.folder.name, number=exam.tries)

    async def _give_up(self) -> Mapping[str, Any]:
        self._must_be("open", "given-up")
        if self._round.state == "open":
            self._round.note("gave up")
            self._round.decide("given-up")
        scenario, record = self._round.wish.scenario, self._round.record()
        return {
            "round": self._round.folder.name,
            "scenario": scenario.id,
            "title": scenario.title,
            "key": self._round.exam.key(record).as_dict(record),
        }

    async def _debrief(self) -> Mapping[str, Any]:
        if self._round.state == "open":
            raise LabError("The round is still open.", "`lab answer` or `lab give-up` comes first.")
        return self._round.debrief()

    async def _journal(self, did: str) -> Mapping[str, Any]:
        folder = self._round.folder
        folder.append(folder.journal, {"at": clock(time.time()), "did": did[:2000], "who": "trainee"})
        return {}
