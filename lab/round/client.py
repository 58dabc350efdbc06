"""How commands reach rounds: blocking, with few imports, because a command should answer at once."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Any

from lab.errors import LabError
from lab.round.control import call
from lab.round.folder import FINAL, Folder, folders
from lab.round.leftovers import Leftovers, sweep
from lab.round.opening import abandon, reap, start_round

__all__ = [
    "RoundClient",
    "abandon",
    "find_round",
    "list_rounds",
    "purge_round",
    "start_round",
    "stop_all",
    "stop_round",
]

CALL = 60.0
"""Seconds that a round may take to answer one call; a probe of a hanging system waits long."""


class RoundClient:
    """A round, by its folder. Open ones are asked through their socket, closed ones answer from their folder."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self.round = folder.name
        self.folder: Path = folder.path

    def call(self, op: str, **params: Any) -> dict[str, Any]:
        """Do one operation.

        Raises:
            LabError: what the round answered, or that it is over, broken, or has lost its supervisor.
        """
        if self._folder.attended():
            with contextlib.suppress(OSError):
                return call(self._folder.control, op, params, timeout=CALL)
        return self._over(op)

    def _over(self, op: str) -> dict[str, Any]:
        state = self._folder.state()
        if op == "status":
            return _shown(state, attended=self._folder.attended())
        if state["state"] not in FINAL:
            if self._folder.attended():
                raise LabError(f"Round {self.round} does not answer.", "Wait a moment, or end it with `lab stop`.")
            raise LabError(
                f"Round {self.round} has lost its supervisor.",
                f"Clear it with `lab stop --round {self.round}`.",
                code=3,
            )
        if state["state"] == "broken":
            raise LabError(
                f"Round {self.round} is broken and not graded: {state['reason']}",
                f"Its logs are in {self.folder / 'logs'}; `lab start` opens another.",
            )
        if op == "debrief" and self._folder.debrief.exists():
            debrief: dict[str, Any] = json.loads(self._folder.debrief.read_text(encoding="utf-8"))
            return debrief
        if op == "journal":
            return {}
        raise LabError(
            f"Round {self.round} is over.", "`lab debrief` tells what happened; `lab start` opens another one."
        )


def find_round(name: str | None) -> RoundClient:
    """The round of that name, or the newest one, open ones first.

    Raises:
        LabError: when there is none.
    """
    every = _by_age()
    if name is not None:
        for folder in every:
            if folder.name == name:
                return RoundClient(folder)
        open_ = [folder.name for folder in every if folder.attended()]
        cure = f"Open are: {', '.join(open_)}." if open_ else "`lab start` opens one."
        raise LabError(f"There is no round called {name!r}.", cure, code=2)
    for folder in every:
        if folder.attended():
            return RoundClient(folder)
    if every:
        return RoundClient(every[0])
    raise LabError("There is no round.", "`lab start` opens one.")


def _by_age() -> list[Folder]:
    """All rounds' folders, the newest round first."""

    def since(folder: Folder) -> str:
        try:
            return str(folder.state()["since"])
        except LabError:
            return ""

    return sorted(folders(), key=since, reverse=True)


def list_rounds() -> list[dict[str, Any]]:
    """The contract's status object of each round, the newest first."""
    rounds = []
    for folder in _by_age():
        with contextlib.suppress(LabError):
            rounds.append(RoundClient(folder).call("status"))
    return rounds


def _shown(state: dict[str, Any], *, attended: bool) -> dict[str, Any]:
    if state["state"] not in FINAL and not attended:
        return {**state, "state": "broken", "reason": "its supervisor has died", "died": True}
    return state


def stop_round(name: str) -> dict[str, Any]:
    """Take a round down, whatever state it is in, and say what was left behind (the contract's stop object).

    Raises:
        LabError: when there is no round of that name.
    """
    folder = find_round(name)._folder
    if folder.attended():
        with contextlib.suppress(OSError, LabError):
            call(folder.control, "stop", {}, timeout=15)
        deadline = time.monotonic() + 5
        while folder.attended() and time.monotonic() < deadline:
            time.sleep(0.01)
    reap()
    left = sweep(folder.name)
    _finish(folder)
    return {"stopped": [folder.name], "left_behind": left.as_dict()}


def _finish(folder: Folder) -> None:
    """Give a round without supervisor a final state, or take its folder away when it has none."""
    if folder.attended():
        return
    try:
        state = folder.state()
    except LabError:
        folder.purge()
        return
    if state["state"] not in FINAL:
        folder.write_state({**state, "state": "broken", "reason": "Its supervisor has died."})
    folder.control.unlink(missing_ok=True)


def stop_all() -> dict[str, Any]:
    """Take every round down, and whatever dead ones left."""
    stopped: list[str] = []
    left = Leftovers()
    for folder in folders():
        final = False
        with contextlib.suppress(LabError):
            final = folder.state()["state"] in FINAL
        if folder.attended() or not final:
            result = stop_round(folder.name)
            stopped += result["stopped"]
            left = left.with_(result["left_behind"])
    left = left.with_(sweep(None).as_dict())
    return {"stopped": stopped, "left_behind": left.as_dict()}


def purge_round(name: str) -> None:
    """Take a closed round's folder away.

    Raises:
        LabError: when it is still open, or unknown.
    """
    folder = find_round(name)._folder
    if folder.attended():
        raise LabError(f"Round {name} is open.", "Stop it first: `lab stop`.")
    folder.purge()
