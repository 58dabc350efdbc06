"""Real application processes, forked from a parent that has imported them."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ADMIN_TOKEN = "an-admin-token"
SECRET = "a-shop-secret"
_HERE = Path(__file__).parent


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Forker:
    channel: socket.socket

    def ask(self, message: dict[str, Any], *sockets: socket.socket) -> dict[str, Any]:
        socket.send_fds(self.channel, [json.dumps(message).encode()], [s.fileno() for s in sockets])
        answer: dict[str, Any] = json.loads(self.channel.recv(65536))
        return answer


@dataclass
class App:
    """One running application, and how a test talks to it."""

    forker: Forker
    pid: int
    port: int
    admin_port: int
    log_file: Path
    stderr_file: Path
    code: int | None = None
    core: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def request(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Answer:
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return _request(self.port, method, path, body, {n.replace("_", "-"): v for n, v in headers.items()})

    def get(self, path: str, token: str | None = None, **headers: str) -> Answer:
        return self.request("GET", path, None, token, **headers)

    def post(self, path: str, body: Any, token: str | None = None, **headers: str) -> Answer:
        return self.request("POST", path, body, token, **headers)

    def admin(self, method: str, path: str, body: Any = None, token: str = ADMIN_TOKEN) -> Answer:
        return _request(self.admin_port, method, path, body, {"Authorization": f"Bearer {token}"})

    def fault(self, name: str, **params: Any) -> Answer:
        answer = self.admin("POST", "/faults", {"name": name, **params})
        assert answer.status == 200, answer.body
        return answer

    def state(self) -> Any:
        return self.admin("GET", "/state").json

    def token(self, user: int = 1, ttl: float = 60) -> str:
        return str(self.admin("POST", "/tokens", {"user": user, "ttl": ttl}).json["token"])

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> socket.socket:
        """A request on a socket of the test's own."""
        lines = [f"{method} {path} HTTP/1.1", "Host: shop", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        peer = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        peer.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return peer

    def lines(self, event: str | None = None, rid: str | None = None) -> list[dict[str, Any]]:
        # A process that was just forked has not opened its log yet.
        text = self.log_file.read_text() if self.log_file.exists() else ""
        lines = [json.loads(line) for line in text.splitlines()]
        return [x for x in lines if event in (None, x["event"]) and rid in (None, x.get("rid"))]

    def line(self, event: str, rid: str | None = None, within: float = 3.0) -> dict[str, Any]:
        """The one line of that event and request, once it is there."""
        found = _until(lambda: self.lines(event, rid), within, lambda: self.log_file.read_text())
        assert len(found) == 1, found
        return found[0]

    def stderr(self) -> str:
        return self.stderr_file.read_text()

    def wait(self, seconds: float = 3.0) -> int | None:
        if self.code is None:
            ended = self.forker.ask({"wait": self.pid, "seconds": seconds})
            self.code, self.core = ended["code"], ended["core"]
        return self.code

    def end(self) -> None:
        if self.wait(0.001) is None:
            os.kill(self.pid, signal.SIGKILL)
            assert self.wait() is not None


def _until(condition: Callable[[], Any], within: float = 3.0, say: Callable[[], str] = str) -> Any:
    """What the condition gives as soon as it is true; fails with `say` when that takes longer than `within` seconds."""
    deadline = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {within} s: {say()}"
        time.sleep(0.005)
    return found


def _request(port: int, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request(method, path, data, headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())


@pytest.fixture(scope="session")
def forker() -> Iterator[Forker]:
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, str(_HERE / "forker.py"), str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        cwd=_HERE.parents[1],
        env={**os.environ, "PYTHONPATH": str(_HERE.parents[1])},
    )
    theirs.close()
    ours.settimeout(20)
    yield Forker(ours)
    ours.close()
    assert process.wait(5) == 0


@pytest.fixture
def start(forker: Forker, tmp_path: Path) -> Iterator[Callable[..., App]]:
    """Starts an application; all are gone when the test ends."""
    apps: list[App] = []

    def start(name: str = "api-1", kind: str = "api", **settings: Any) -> App:
        listener, admin = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
        given = {
            "kind": kind,
            "name": name,
            "log": str(tmp_path / f"{name}.log"),
            "token": ADMIN_TOKEN,
            "secret": SECRET,
            "payments": None,
            "source": None,
            "seed": 7,
            "database": str(tmp_path / "shop.sqlite"),
            "pool_size": 4,
            "pool_timeout": 0.4,
            "query_time": 0.0,
            "payments_timeout": 0.5,
            **settings,
        }
        stderr = tmp_path / f"{name}.stderr"
        with listener, admin:
            ports = listener.getsockname()[1], admin.getsockname()[1]
            pid = forker.ask({"start": given, "stderr": str(stderr)}, listener, admin)["pid"]
        app = App(forker, pid, *ports, Path(given["log"]), stderr)
        apps.append(app)
        return app

    yield start
    for app in apps:
        app.end()


@pytest.fixture
def until() -> Callable[..., Any]:
    """Waits for a condition."""
    return _until


@pytest.fixture
def shop(start: Callable[..., App]) -> App:
    return start()


@pytest.fixture
def payments(start: Callable[..., App]) -> App:
    return start("payments", kind="payments", database="")
