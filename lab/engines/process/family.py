"""The processes that the zygote started, by key: who lives, who is being ended, who is gone."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass

from lab.engines.process.addresses import LINUX
from lab.engines.process.orders import Ended

_TO_ALL = frozenset({signal.SIGSTOP, signal.SIGCONT, signal.SIGKILL})
"""Signals that go to the whole process group: nginx's workers don't share the fate of a master that gets them."""


@dataclass(slots=True)
class Member:
    """A process that leads its own group. `status` is set once it was reaped, while others of its group go."""

    key: str
    pid: int
    status: int | None = None


@dataclass(slots=True)
class Ending:
    """A request to end every process of a scope. `kill_at`: when force is used; None once it was."""

    id: int | None
    scope: str
    kill_at: float | None


class Family:
    """All processes of one zygote. A process is gone only when its whole group is."""

    def __init__(self) -> None:
        self._members: dict[str, Member] = {}
        self._endings: list[Ending] = []

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, key: str) -> bool:
        return key in self._members

    def add(self, key: str, pid: int) -> None:
        """Take in a child that was just forked."""
        self._members[key] = Member(key, pid)

    def signal(self, key: str, number: signal.Signals) -> None:
        """Send a signal. The pid can't be anybody else's: only `reap` frees it.

        Raises:
            ProcessLookupError: when no such process lives.
        """
        member = self._members.get(key)
        if member is None or member.status is not None:
            raise ProcessLookupError(f"{key} does not run")
        if number in _TO_ALL:
            os.killpg(member.pid, number)
        else:
            os.kill(member.pid, number)

    def end(self, id_: int | None, scope: str, grace: float) -> None:
        """Begin to end what is in the scope: SIGTERM now, SIGKILL to the groups `grace` seconds later."""
        self._endings.append(Ending(id_, scope, time.monotonic() + grace))
        for member in self._in(scope):
            with suppress(ProcessLookupError):
                self.signal(member.key, signal.SIGTERM)
                self.signal(member.key, signal.SIGCONT)

    def reap(self) -> list[Ended]:
        """Collect the dead, and tell who is gone altogether."""
        while (dead := _collect()) is not None:
            for member in self._members.values():
                if member.pid == dead[0] and member.status is None:
                    member.status = dead[1]
        gone = [m for m in self._members.values() if m.status is not None and _group_is_gone(m.pid)]
        for member in gone:
            del self._members[member.key]
        return [_ended(member) for member in gone]

    def ended(self) -> list[Ending]:
        """The requests that are done; those that are overdue are given force."""
        now = time.monotonic()
        for ending in self._endings:
            if ending.kill_at is not None and now >= ending.kill_at:
                ending.kill_at = None
                for member in self._in(ending.scope):
                    _kill_group(member.pid)
        done = [ending for ending in self._endings if not self._in(ending.scope)]
        self._endings = [ending for ending in self._endings if ending not in done]
        return done

    def wait_at_most(self) -> float | None:
        """Seconds until something has to be looked at although no signal came; None: only signals matter."""
        if any(member.status is not None for member in self._members.values()):
            return 0.01
        due = [ending.kill_at for ending in self._endings if ending.kill_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _in(self, scope: str) -> list[Member]:
        return [m for m in self._members.values() if not scope or m.key == scope or m.key.startswith(f"{scope}/")]


def _collect() -> tuple[int, int] | None:
    """The pid and status of a child that is dead, after what is left of its group was killed."""
    try:
        if LINUX:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if found is None:
                return None
            # Not reaped yet, the leader still holds its number: this can hit no stranger.
            _kill_group(found.si_pid)
            return os.waitpid(found.si_pid, 0)
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    if pid:
        _kill_group(pid)
    return (pid, status) if pid else None


def _kill_group(pgid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pgid, signal.SIGKILL)


def _group_is_gone(pgid: int) -> bool:
    try:
        os.killpg(pgid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _ended(member: Member) -> Ended:
    assert member.status is not None
    code = os.waitstatus_to_exitcode(member.status)
    name = None if code >= 0 else _name(-code)
    return Ended(member.key, member.pid, code if code >= 0 else None, name)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return f"SIG{number}"
