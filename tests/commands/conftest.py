"""One round that does not exist: its folder with logs, and a client that answers as a supervisor would."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lab.cli import cli
from lab.errors import LabError
from lab.round import client

RID = "5f3a9c0d1e2b4a6f"
UA = "127.77.3.21:8000"

LAB = (
    '2026-11-21T12:00:00+00:00 127.77.3.101 "GET /products HTTP/1.1" status=200 bytes=812 rid=aaaa rt=0.004 '
    f'uct="0.000" uht="0.004" urt="0.004" us="200" ua="{UA}" cs=- ubr="1010" cl=812 conn=7 reqs=1 msec=1795262400.100\n'
    f'2026-11-21T12:00:01+00:00 127.77.3.102 "POST /checkout HTTP/1.1" status=502 bytes=157 rid={RID} rt=0.021 '
    f'uct="0.000" uht="-" urt="0.021" us="502" ua="{UA}" cs=- ubr="0" cl=157 conn=9 reqs=1 msec=1795262401.250\n'
)
ACCESS = (
    '127.77.3.101 - - [21/Nov/2026:12:00:00 +0000] "GET /products HTTP/1.1" 200 812 "-" "shopper"\n'
    '127.77.3.102 - - [21/Nov/2026:12:00:01 +0000] "POST /checkout HTTP/1.1" 502 157 "-" "shopper"\n'
)
ERROR = (
    "2026/11/21 12:00:01 [error] 4000#4000: *9 upstream prematurely closed connection while reading response header "
    'from upstream, client: 127.77.3.102, server: , request: "POST /checkout HTTP/1.1", '
    f'upstream: "http://{UA}/checkout", host: "127.77.3.10:8080"\n'
)
PROCESS = (
    "2026-11-21T11:59:50.000Z api-1[4711]: started\n"
    "2026-11-21T12:00:01.249Z api-1[4711]: exited on signal 9 (SIGKILL)\n"
    "2026-11-21T12:00:01.250Z api-1: restarting in 0.4 s (restart 1)\n"
)


def _json_lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


API = _json_lines(
    {"ts": "2026-11-21T11:59:50.100Z", "level": "INFO", "hop": "api-1", "event": "app.started", "release": "r1"},
    {
        "ts": "2026-11-21T12:00:01.231Z",
        "level": "INFO",
        "hop": "api-1",
        "event": "request.started",
        "rid": RID,
        "method": "POST",
        "path": "/checkout",
        "route": "checkout",
    },
)
PAYMENTS = _json_lines({"ts": "2026-11-21T11:59:50.100Z", "level": "INFO", "hop": "payments", "event": "app.started"})
CLIENT = _json_lines(
    {
        "ts": "2026-11-21T12:00:01.251Z",
        "client": "127.77.3.102",
        "actor": "shopper",
        "rid": RID,
        "method": "POST",
        "path": "/checkout",
        "route": "checkout",
        "status": 502,
        "errno": None,
        "error": None,
        "tcp": 0.0004,
        "first_byte": 0.022,
        "total": 0.0221,
        "bytes": 157,
        "complete": True,
        "retry_after": None,
        "server": "nginx",
    }
)
LOGS = {
    "gateway/lab.log": LAB,
    "gateway/access.log": ACCESS,
    "gateway/error.log": ERROR,
    "api-1/app.log": API,
    "payments/app.log": PAYMENTS,
    "system/process.log": PROCESS,
    "client/client.log": CLIENT,
}

ANSWERS = json.loads(Path(__file__).with_name("answers.json").read_text(encoding="utf-8"))
STATUS, KEY = ANSWERS["status"], ANSWERS["key"]


class FakeRound:
    """Answers each operation from `answers`, and keeps what it was asked in `asked`."""

    def __init__(self, folder: Path) -> None:
        self.round = "silver-anchor-ab12"
        self.folder = folder
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Any] = {
            "status": STATUS,
            "extend": STATUS,
            "probe": {"looks": [ANSWERS["probe"]]},
            "inspect": {
                "look": 3,
                "what": "proc",
                "hop": "api-1",
                "rows": [{"unit": "api-1", "state": "running", "pid": 4712, "restarts": 1, "last_exit": "SIGKILL"}],
            },
            "mix": ANSWERS["mix"],
            "traffic": {"traffic": "off", "rate": 0.0},
            "hint": {"rung": "look here", "text": "Read the error line.", "price": 3},
            "answer": ANSWERS["passed"],
            "give-up": {"round": self.round, "scenario": "crash-mid-request", "title": "Killed", "key": KEY},
            "debrief": {**ANSWERS["debrief"], "key": KEY},
            "journal": {},
            "brief": {"brief": "", "questions": ANSWERS["questions"]},
        }

    def call(self, op: str, **params: Any) -> dict[str, Any]:
        self.asked.append((op, params))
        answer = self.answers[op]
        if isinstance(answer, LabError):
            raise answer
        if isinstance(answer, list):  # one after the other
            answer = answer.pop(0)
        result: dict[str, Any] = answer
        return result

    def last(self, op: str) -> dict[str, Any]:
        """The parameters of the newest call of `op`."""
        return [params for name, params in self.asked if name == op][-1]


class FakeLab:
    """Stands for `lab.round.client`."""

    def __init__(self, folder: Path) -> None:
        self.current = FakeRound(folder)
        self.rounds: list[dict[str, Any]] = [STATUS]
        self.started: list[tuple[str | None, dict[str, Any]]] = []
        self.stopped: list[str] = []
        self.purged: list[str] = []
        self.left: dict[str, list[str]] = {"processes": [], "listeners": [], "folders": []}

    def start_round(self, name: str | None, *, progress: Callable[[str], None], **wish: Any) -> dict[str, Any]:
        self.started.append((name, wish))
        progress("starting the system")
        return {
            "round": self.current.round,
            "codename": "silver-anchor",
            "engine": "process",
            "seed": None,
            "url": STATUS["url"],
            "folder": str(self.current.folder),
            "logs": {},
            "request_id": RID,
            "questions": ANSWERS["questions"],
            "opened_in_s": 0.8,
            "expires_at": STATUS["expires_at"],
            "level": 2,
            "minutes": 10,
            "brief": "This system is broken on purpose.\n\n# silver-anchor\n\nPaying fails.\n",
        }

    def find_round(self, name: str | None) -> FakeRound:
        if name not in (None, self.current.round) or not self.rounds:
            raise LabError("There is no round.", "`lab start` opens one.")
        return self.current

    def list_rounds(self) -> list[dict[str, Any]]:
        return self.rounds

    def stop_round(self, name: str) -> dict[str, Any]:
        self.stopped.append(name)
        return {"stopped": [name], "left_behind": self.left}

    def stop_all(self) -> dict[str, Any]:
        names = [one["round"] for one in self.rounds if one["state"] not in ("closed", "broken")]
        self.stopped += names
        return {"stopped": names, "left_behind": self.left}

    def purge_round(self, name: str) -> None:
        self.purged.append(name)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeLab:
    """The client of the lab, replaced; its round's logs are in a folder of the test's own."""
    for ref, text in LOGS.items():
        path = tmp_path / "round" / "logs" / ref
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    lab = FakeLab(tmp_path / "round")
    for name in ("start_round", "find_round", "list_rounds", "stop_round", "stop_all", "purge_round"):
        monkeypatch.setattr(client, name, getattr(lab, name))
    return lab


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `lab` with the given words, at 80 columns; a LabError stays one and fails the test that forgets it."""
    monkeypatch.setenv("COLUMNS", "80")

    def run_(*words: str, input: str | None = None) -> Result:
        result = CliRunner().invoke(cli, list(words), input=input, prog_name="lab")
        if result.exception and not isinstance(result.exception, SystemExit | LabError):
            raise result.exception
        return result

    return run_
