"""Whatever dies at whatever moment: it is told in words, and nothing is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from lab.errors import LabError
from lab.paths import rounds_dir
from lab.round import client
from lab.round.leftovers import marked

pytestmark = pytest.mark.nginx


def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not come to be in time"
        time.sleep(0.02)


def process_of(round_: str, word: str) -> psutil.Process:
    return next(process for process in marked(round_) if word in " ".join(process.cmdline()))


def supervisors(word: str = "lab.round.supervisor") -> list[psutil.Process]:
    """Those of this test, also when the command that started one is gone."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            mine = process.environ().get("LAB_TEST") == os.environ["LAB_TEST"]
            if mine and process.status() != psutil.STATUS_ZOMBIE and word in " ".join(process.cmdline()):
                found.append(process)
    return found


def supervisor() -> psutil.Process:
    (found,) = supervisors()
    return found


def state_of(round_: str) -> dict:
    return client.find_round(round_).call("status")


def test_killing_the_supervisor_takes_everything_along(start):
    started = start()
    supervisor().kill()
    until(lambda: not marked(started["round"]))
    status = state_of(started["round"])
    assert (status["state"], status["died"]) == ("broken", True)
    with pytest.raises(LabError, match="lost its supervisor") as caught:
        client.find_round(None).call("answer", parts={}, evidence=[])
    assert "lab stop" in caught.value.cure
    result = client.stop_round(started["round"])
    assert result["left_behind"] == {"processes": [], "listeners": [], "folders": []}
    assert state_of(started["round"])["reason"] == "Its supervisor has died."


@pytest.mark.parametrize(
    ("scenario", "word", "hop"), [("healthy", "nginx", "gateway"), ("refused", "lab api-1", "api-1")]
)
def test_what_the_scenario_did_not_kill_breaks_the_round(start, scenario, word, hop):
    started = start(scenario)
    process_of(started["round"], word).kill()
    until(lambda: state_of(started["round"])["state"] == "broken")
    assert state_of(started["round"])["reason"] == f"{hop} ended on SIGKILL, and the scenario did not do that."
    until(lambda: not marked(started["round"]))
    with pytest.raises(LabError, match="broken and not graded"):
        client.find_round(started["round"]).call("answer", parts={}, evidence=[])


def test_killing_the_forker_breaks_the_round(start):
    started = start()
    zygote = next(one for one in supervisor().children() if "lab zygote" in one.cmdline())
    zygote.kill()
    until(lambda: state_of(started["round"])["state"] == "broken")
    until(lambda: not marked(started["round"]))


def test_a_folder_that_is_deleted_by_hand_ends_the_round(start):
    started = start()
    shutil.rmtree(started["folder"], ignore_errors=True)
    until(lambda: not supervisors(), 8)
    assert not marked(started["round"])
    assert client.stop_all()["left_behind"] == {"processes": [], "listeners": [], "folders": []}


def lab_start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "lab", "start", "port-closed", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("after", [0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.1])
def test_ctrl_c_at_any_moment_of_a_start_leaves_nothing(after):
    starting = lab_start()
    try:
        starting.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(starting.pid, signal.SIGINT)
    out, err = starting.communicate(timeout=20)
    # The interpreter's own start is not ours; whatever of the lab runs ends in a sentence.
    assert "Traceback" not in err or "/lab/" not in err, err
    if starting.returncode == 0:  # it was quicker
        client.stop_all()
    else:
        assert starting.returncode in (130, -signal.SIGINT, 1), (out, err)
    until(lambda: not supervisors() and not supervisors("lab zygote"), 10)
    assert not [name for name in rounds() if marked(name)]
    assert not [one for one in client.list_rounds() if one["state"] not in ("closed", "broken")]


@pytest.mark.parametrize("after", [0.3, 0.6, 0.9])
def test_killing_a_start_leaves_no_half_open_round(after):
    """Before it is open, a round ends with its command; from then on it is open, and is listed as such."""
    starting = lab_start()
    try:
        starting.wait(after)
    except subprocess.TimeoutExpired:
        starting.kill()
    starting.communicate()
    until(lambda: not supervisors() or [one["state"] for one in client.list_rounds()] == ["open"], 10)
    client.stop_all()
    until(lambda: not supervisors() and not supervisors("lab zygote"), 10)
    assert not any(marked(name) for name in rounds())
    assert all(one["state"] in ("closed", "broken") for one in client.list_rounds())


def rounds() -> list[str]:
    return [path.name for path in rounds_dir().iterdir()] if rounds_dir().is_dir() else []


def test_without_nginx_it_says_how_to_get_one(start, monkeypatch, tmp_path):
    monkeypatch.setenv("LAB_NGINX", str(tmp_path / "nginx"))
    with pytest.raises(LabError, match="LAB_NGINX") as caught:
        start()
    assert caught.value.cure
    assert [one["state"] for one in client.list_rounds()] == ["broken"]


def test_an_nginx_that_is_too_old_is_told(start, monkeypatch, tmp_path):
    old = tmp_path / "nginx"
    old.write_text("#!/bin/sh\necho 'nginx version: nginx/1.10.3' >&2\n")
    old.chmod(0o755)
    monkeypatch.setenv("LAB_NGINX", str(old))
    with pytest.raises(LabError, match=r"1\.10\.3"):
        start()


@pytest.fixture
def small_disk(tmp_path, monkeypatch):
    """A disk of 80 MiB as the lab's home."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", place], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("only root may mount a small disk")
    monkeypatch.setenv("LAB_HOME", str(place))
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_disk_that_fills_up_does_not_end_in_a_traceback(start, small_disk: Path):
    started = start()
    with (small_disk / "ballast").open("wb") as ballast, pytest.raises(OSError, match="No space left"):
        while True:
            ballast.write(bytes(2**20))
            ballast.flush()
    round_ = client.find_round(started["round"])
    assert round_.call("inspect", topic="proc", hop="api-1")["rows"][0]["state"] == "stopped"
    assert round_.call("answer", parts={"mechanism": "port-closed"}, evidence=["looks.log:1"])["try"] == 1
    with pytest.raises(LabError, match="MiB left"):
        start()
    assert client.stop_round(started["round"])["left_behind"]["processes"] == []
    supervisor_log = Path(started["folder"]) / "supervisor.log"
    assert "Traceback" not in supervisor_log.read_text()
    client.purge_round(started["round"])
