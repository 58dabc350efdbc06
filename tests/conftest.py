"""What holds for every test: a home of its own, nothing left behind, and the real servers that some need."""

from __future__ import annotations

import itertools
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import docker_here
import leaks
import nginx_here
import toxiproxy_here

_counter = itertools.count(1)


def pytest_report_header() -> str:
    nginx = nginx_here.version() or "none"
    return f"system: Python {platform.python_version()}, nginx {nginx}, {platform.platform()}, {os.cpu_count()} cores"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("nginx") and (reason := nginx_here.missing()):
        if nginx_here.REQUIRED:
            pytest.fail(f"{reason} LAB_REQUIRE_NGINX=1 makes that a failure.", pytrace=False)
        pytest.skip(reason)
    if item.get_closest_marker("toxiproxy") and (reason := toxiproxy_here.missing()):
        if toxiproxy_here.REQUIRED:
            pytest.fail(f"{reason} LAB_REQUIRE_TOXIPROXY=1 makes that a failure.", pytrace=False)
        pytest.skip(reason)
    if item.get_closest_marker("docker") and (reason := docker_here.missing()):
        if docker_here.REQUIRED:
            pytest.fail(f"{reason} LAB_REQUIRE_DOCKER=1 makes that a failure.", pytrace=False)
        pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def _session_mark() -> Iterator[None]:
    """Marks what fixtures wider than one test start, and sees that they end it."""
    before, mark = leaks.Before.now(), f"{os.getpid()}-session"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(leaks.MARK, mark)
        yield
    _nothing_left(before, mark, [])


@pytest.fixture(autouse=True)
def lab_home(
    request: pytest.FixtureRequest, _session_mark: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Path]:
    """The test's own `LAB_HOME`, and the check that the test leaves nothing.

    The path is short, because a round's control socket has to fit into the 104 bytes of a socket's address, and
    anybody may pass through it, because nginx's workers are another user when the tests run as root.
    """
    home = Path(tempfile.mkdtemp(prefix="lab-"))
    home.chmod(0o755)
    mark = f"{os.getpid()}-{next(_counter)}"
    monkeypatch.setenv("LAB_HOME", str(home))
    monkeypatch.setenv(leaks.MARK, mark)
    before = leaks.Before.now()
    yield home
    try:
        _nothing_left(before, mark, [home, tmp_path])
        if not request.node.get_closest_marker("rounds_left_expected"):
            rounds = leaks.wait_until_gone(lambda: leaks.left_rounds(home))
            assert not rounds, f"the test left rounds that are not final: {', '.join(rounds)}"
        if not request.node.get_closest_marker("alert_expected"):
            alerts = leaks.alerts([home, tmp_path])
            assert not alerts, "nginx wrote alerts:\n" + "\n".join(alerts)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _nothing_left(before: leaks.Before, mark: str, folders: list[Path]) -> None:
    def processes() -> list[str]:
        return leaks.described(leaks.left_processes(before, mark, folders))

    still_there = leaks.wait_until_gone(processes)
    leaks.end(leaks.left_processes(before, mark, folders))
    assert not still_there, "the test left processes:\n" + "\n".join(still_there)
    listeners = leaks.wait_until_gone(lambda: leaks.left_listeners(before))
    assert not listeners, f"the test left listeners in its own process: {', '.join(listeners)}"
