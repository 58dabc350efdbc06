"""Rounds of the compose engine, opened and ended as `lab start` and `lab stop` do."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

import docker_here
from docker_here import docker
from lab.errors import LabError
from lab.paths import rounds_dir
from lab.round import client, doctor

pytestmark = pytest.mark.docker

NOTHING = {"processes": [], "listeners": [], "folders": []}


def mine(word: str) -> list[psutil.Process]:
    """This test's processes with a word in their command line."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("LAB_TEST") == os.environ["LAB_TEST"] and word in " ".join(process.cmdline()):
                found.append(process)
    return found


def left(round_: str) -> list[str]:
    return docker_here.left(rounds_dir() / round_)


def leftovers() -> dict:
    return next(check for check in doctor.checks() if check["check"] == "leftovers")


def until_gone(round_: str) -> None:
    ends = time.monotonic() + 25
    while left(round_) or mine("docker compose"):
        assert time.monotonic() < ends, f"still there: {left(round_)}"
        time.sleep(0.1)


def test_a_round_opens_shows_its_failure_and_leaves_nothing(start):
    said = []
    started = start(engine="compose", progress=said.append)
    assert started["engine"] == "compose"
    assert "starting the system" in said
    round_ = client.find_round(started["round"])
    (look,) = round_.call("probe", path="/products", via="api-1", method="GET", headers=[], body=None, times=1)["looks"]
    assert look["errno"] == 111
    rows = round_.call("mix", filters={}, per=None)["rows"]
    assert {row["hop"] for row in rows} == {"api-1"}
    assert "111: Connection refused" in Path(started["logs"]["gateway/error.log"]).read_text()
    assert client.stop_round(started["round"])["left_behind"] == NOTHING
    assert left(started["round"]) == []


def test_two_rounds_run_side_by_side(start):
    one, two = start(engine="compose"), start("refused", engine="compose")
    assert one["url"] != two["url"]
    client.stop_round(one["round"])
    assert left(one["round"]) == []
    assert client.find_round(two["round"]).call("status")["state"] == "open"


def test_what_the_scenario_did_not_kill_breaks_the_round(start):
    started = start("refused", engine="compose")
    label = f"label=badgateway.folder={rounds_dir() / started['round']}"
    (api,) = docker("ps", "--quiet", "--filter", label, "--filter", "label=com.docker.compose.service=api-1").split()
    docker("kill", api)
    until_gone(started["round"])
    status = client.find_round(started["round"]).call("status")
    assert (status["state"], status["outcome"]) == ("broken", "broken")
    assert status["reason"] == "api-1 ended on SIGKILL, and the scenario did not do that."


def test_a_killed_supervisor_takes_its_containers_along(start):
    started = start(engine="compose")
    (supervisor,) = mine("lab.round.supervisor")
    supervisor.kill()
    until_gone(started["round"])
    assert client.stop_round(started["round"])["left_behind"] == NOTHING


@pytest.mark.parametrize("all_", [False, True])
def test_what_no_guardian_took_down_is_seen_by_doctor_and_removed_by_stop(start, all_):
    started, other = start(engine="compose"), start("refused", engine="compose")
    project = docker_here.left(rounds_dir() / started["round"])
    assert project
    for word in ("badgateway-" + started["round"], "lab.round.supervisor"):
        for process in mine(word):
            if word in " ".join(process.cmdline()) and _is_of(process, started):
                process.kill()
    assert left(started["round"])
    check = leftovers()
    assert (check["ok"], check["cure"]) == (False, "Run `lab stop --all`.")
    assert "containers and networks" in check["found"]
    told = client.stop_all() if all_ else client.stop_round(started["round"])
    assert told["left_behind"] == NOTHING
    assert left(started["round"]) == []
    assert bool(left(other["round"])) is not all_


def _is_of(process: psutil.Process, started: dict) -> bool:
    """A guardian has its project in its command line; a supervisor has its folder open."""
    if "docker compose" in " ".join(process.cmdline()):
        return True
    return any(started["folder"] in file.path for file in process.open_files())


def test_an_engine_that_is_not_there_is_said(start, monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")
    with pytest.raises(LabError, match="No Docker engine answers"):
        start(engine="compose")
    check = next(check for check in doctor.checks() if check["check"] == "compose")
    assert (check["ok"], check["cure"]) == (True, "")
    assert check["found"].startswith("not on this machine, only `--engine compose` needs it. No Docker engine answers")
    assert client.list_rounds() == []
