"""The servers as programs: flags, a configuration file, addresses that are taken, and signals."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import toxiproxy_here
from toxi_api import Api
from toxi_end import FIN, RST
from toxi_fleet import ROOT, free_port
from toxi_wire import Wire

Start = Callable[..., tuple[subprocess.Popen[str], Api]]
BOTH = pytest.mark.parametrize("kind", [pytest.param("real", marks=pytest.mark.toxiproxy), "embedded"])


@pytest.fixture
def start() -> Iterator[Start]:
    """Runs one of the programs on a port; it is ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def run(kind: str, *flags: str, port: int | None = None) -> tuple[subprocess.Popen[str], Api]:
        port = port or free_port()
        program = [str(toxiproxy_here.path())] if kind == "real" else [sys.executable, "-m", "lab", "toxiproxy"]
        process = subprocess.Popen(
            [*program, "--host", "127.0.0.1", "--port", str(port), *flags],
            cwd=ROOT,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "LOG_LEVEL": "error"},
        )
        started.append(process)
        return process, Api(("127.0.0.1", port))

    yield run
    for process in started:
        process.kill()
        process.communicate()


def answers(process: subprocess.Popen[str], api: Api) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            if api.ask("GET", "/version", patience=2).status == 200:
                return
        time.sleep(0.01)
    process.kill()
    raise AssertionError("".join(process.communicate()))


@BOTH
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_with_connections_open(start: Start, kind: str, number: signal.Signals) -> None:
    process, api = start(kind)
    answers(process, api)
    wire = Wire(api)
    pair = wire.connect()
    wire.toxic("latency", latency=60_000)
    pair.server.send(b"held")
    process.send_signal(number)
    assert process.wait(10) == 0
    assert pair.client.end() in (FIN, RST)
    wire.close()


@BOTH
def test_a_configuration_is_populated(start: Start, kind: str, tmp_path: Path) -> None:
    entries = [{"name": name, "upstream": "127.0.0.1:9", "listen": "127.0.0.1:0"} for name in ("a", "b")]
    file = tmp_path / "toxiproxy.json"
    file.write_text(json.dumps([*entries, {**entries[0], "name": "off", "enabled": False}]))
    process, api = start(kind, "--config", str(file))
    answers(process, api)
    deadline = time.monotonic() + 10
    while len(proxies := api.ok("GET", "/proxies")) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [(name, proxy["enabled"]) for name, proxy in proxies.items()] == [("a", True), ("b", True), ("off", False)]


@BOTH
def test_metrics_are_told_if_asked_for(start: Start, kind: str) -> None:
    for flags, status in (((), 404), (("--proxy-metrics",), 200), (("--runtime-metrics",), 200)):
        process, api = start(kind, *flags)
        answers(process, api)
        assert api.ask("GET", "/metrics").status == status


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[{]", ["line 1"]),
        ('[\n  {"name": "a"}\n]', ["upstream"]),
        ('[\n  {"name": "a", "upstream": 1}\n]', ["upstream", "text"]),
        ("{}", ["list"]),
        (None, []),
    ],
)
def test_a_broken_configuration_is_told_with_its_place(
    start: Start, tmp_path: Path, text: str | None, said: list[str]
) -> None:
    file = tmp_path / "broken.json"
    if text is not None:
        file.write_text(text)
    process, _ = start("embedded", "--config", str(file))
    assert process.wait(20) != 0
    errors = "".join(process.communicate())
    assert str(file) in errors
    assert "Traceback" not in errors
    for word in said:
        assert word in errors


def test_a_taken_port_is_told_in_a_sentence(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process, _ = start("embedded", port=port)
        assert process.wait(20) != 0
    errors = "".join(process.communicate())
    assert f"127.0.0.1:{port}" in errors
    assert "Traceback" not in errors


def test_a_seed_repeats_the_draws(start: Start) -> None:
    def hits(seed: int) -> list[bool]:
        process, api = start("embedded", "--seed", str(seed))
        answers(process, api)
        wire = Wire(api)
        wire.toxic("limit_data", toxicity=0.5, bytes=0)
        drawn = []
        for _ in range(40):
            pair = wire.connect()
            pair.server.send(b"x")
            drawn.append(pair.client.read(1) == b"")
        wire.close()
        return drawn

    first = hits(7)
    assert hits(7) == first
    assert hits(8) != first
