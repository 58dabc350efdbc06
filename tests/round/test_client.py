"""Rounds from start to end, as commands use them."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from pathlib import Path

import pytest

from lab.catalog.load import load_scenarios
from lab.errors import LabError
from lab.logs.reader import read_logs
from lab.round import client

pytestmark = pytest.mark.nginx

RIGHT = {
    "status": "502",
    "layer": "tcp",
    "written_by": "gateway",
    "fault_at": "api",
    "mechanism": "port-closed",
    "next_step": "start-process",
}


def find(started, kind, event=None, **fields):
    """The reference of the first line that is like that."""
    for lines in read_logs(Path(started["folder"]) / "logs").values():
        for line in lines:
            said = line.fields
            if line.kind == kind and all(said.get(name) == value for name, value in fields.items()):
                return line.ref
    raise AssertionError(f"no {kind} with {fields}")


def test_a_round_is_answered_graded_and_debriefed(start):
    started = start()
    round_ = client.find_round(None)
    assert round_.round == started["round"]
    status = round_.call("status")
    assert (status["state"], status["tries_left"], status["looks"]) == ("open", 3, 0)

    inspected = round_.call("inspect", topic="proc", hop="api-1")
    assert inspected["look"] == 1
    assert inspected["rows"][0]["state"] == "stopped"

    refused = find(started, "gateway-error", errno=111)
    wrong = round_.call("answer", parts={**RIGHT, "mechanism": "handler-too-slow"}, evidence=[refused, "looks.log:1"])
    verdicts = {part["part"]: part["verdict"] for part in wrong["parts"]}
    assert not wrong["passed"]
    assert (verdicts["mechanism"], verdicts["evidence"], verdicts["layer"]) == ("wrong", "right", "right")

    right = round_.call("answer", parts=RIGHT, evidence=[refused, "looks.log:1"])
    assert right["passed"]
    assert (right["score"], right["try"]) == (90, 2)
    with pytest.raises(LabError, match="passed already"):
        round_.call("answer", parts=RIGHT, evidence=[])

    told = round_.call("debrief")
    assert told["scenario"]["id"] == "port-closed"
    assert told["key"]["mechanism"]["accepted"].keys() == {"process-not-running"}
    assert [step["what"] for step in told["ladder"]][-2:] == ["RST", "502"]

    stopped = client.stop_round(started["round"])
    assert stopped["left_behind"] == {"processes": [], "listeners": [], "folders": []}
    assert client.find_round(started["round"]).call("status")["state"] == "closed"
    assert client.find_round(started["round"]).call("debrief")["played"]["passed"]
    client.purge_round(started["round"])
    assert not Path(started["folder"]).exists()


def test_nothing_on_the_desk_tells_the_answer(start):
    started = start("crash-mid-request")
    scenario = load_scenarios()["crash-mid-request"]
    client.find_round(None).call("hint")
    hidden = [scenario.id, scenario.title, scenario.mechanism, "token="]
    for path in Path(started["folder"]).rglob("*"):
        if path.is_file() and path.suffix not in (".db", ".db-wal", ".db-shm"):
            text = path.read_text(errors="replace")
            assert not [secret for secret in hidden if secret in text], path


def test_no_process_shows_the_answer(start):
    import psutil

    started = start("crash-mid-request")
    for process in psutil.process_iter():
        try:
            shown = " ".join((*process.cmdline(), *process.environ().values()))
        except psutil.Error:
            continue
        if started["round"] in shown or "lab.round.supervisor" in shown:
            assert "process-killed" not in shown


def test_a_blind_round_tells_neither_id_nor_seed(start):
    started = start(None, seed=None)
    assert started["level"] == 1
    assert "id" not in started
    assert started["seed"] is None
    state = (Path(started["folder"]) / "state.json").read_text()
    assert not [id_ for id_ in load_scenarios() if f'"{id_}"' in state]


def test_the_same_seed_asks_about_the_same_request(start):
    one, two = start("port-closed", seed=11), start("port-closed", seed=11)
    logs = [read_logs(Path(started["folder"]) / "logs")["client/client.log"] for started in (one, two)]
    paths = [
        next(line.fields["path"] for line in lines if line.fields["rid"] == started["request_id"])
        for lines, started in zip(logs, (one, two), strict=True)
    ]
    assert paths[0] == paths[1]


def test_rounds_run_side_by_side(start):
    started = []
    threads = [
        threading.Thread(target=lambda name=name: started.append(start(name))) for name in ("port-closed", "refused")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len({one["url"] for one in started}) == 2
    assert {one["state"] for one in client.list_rounds()} == {"open"}
    result = client.stop_all()
    assert sorted(result["stopped"]) == sorted(one["round"] for one in started)
    assert result["left_behind"] == {"processes": [], "listeners": [], "folders": []}


def test_its_time_limit_ends_it(start):
    started = start(minutes=0.02)
    round_ = client.find_round(started["round"])
    deadline = datetime.fromisoformat(started["expires_at"]).timestamp()
    _wait(lambda: round_.call("status")["state"] == "closed", 10)
    assert round_.call("status")["outcome"] == "expired"
    assert deadline <= datetime.now().timestamp()
    with pytest.raises(LabError, match="is over"):
        round_.call("answer", parts={}, evidence=[])


def test_it_can_be_extended(start):
    started = start(minutes=1)
    later = client.find_round(None).call("extend", minutes=30)
    assert later["expires_at"] > started["expires_at"]
    with pytest.raises(LabError, match="not possible"):
        client.find_round(None).call("extend", minutes=0)


def test_looks_are_numbered_and_kept(start):
    started = start()
    round_ = client.find_round(None)
    seen = round_.call("probe", path="/products", via="gateway", method="GET", headers=[], body=None, times=2)
    assert [look["look"] for look in seen["looks"]] == [1, 2]
    assert {look["status"] for look in seen["looks"]} == {502}
    direct = round_.call("probe", path="/products", via="api-1", method="GET", headers=[], body=None, times=1)
    assert direct["looks"][0]["errno"] == 111
    assert round_.call("mix", filters={"status": "502"}, per=None)["look"] == 4
    kept = [json.loads(line) for line in (Path(started["folder"]) / "looks.log").read_text().splitlines()]
    assert [look["what"] for look in kept] == ["probe", "probe", "probe", "mix"]


def test_a_probe_of_a_route_that_needs_a_token_has_one(start):
    start("healthy")
    round_ = client.find_round(None)
    for path in ("/orders?user=1", "/export?user=1", "/users/1", "/orders/1"):
        asked = {"path": path, "via": "gateway", "method": "GET", "body": None, "times": 1}
        (seen,) = round_.call("probe", headers=[], **asked)["looks"]
        assert seen["status"] == 200
        assert any(header.startswith("Authorization: Bearer ") for header in seen["headers_sent"])
        (bare,) = round_.call("probe", headers=["Authorization: none"], **asked)["looks"]
        assert bare["status"] == 401


BAD_INPUT = [
    ("probe", {"path": "products", "via": "gateway", "times": 1}, "not a path"),
    ("probe", {"path": "/products", "via": "gatway", "times": 1}, "no hop called"),
    ("probe", {"path": "/products", "via": "gateway", "times": 21}, "not possible"),
    ("inspect", {"topic": "disks", "hop": "api-1"}, "nothing to inspect"),
    ("inspect", {"topic": "proc", "hop": "api-9"}, "no hop called"),
    ("traffic", {"mode": "max"}, "cannot be"),
    ("answer", {"parts": {"mechanism": "sunspots"}, "evidence": []}, "no mechanism called"),
    ("answer", {"parts": {"colour": "red"}, "evidence": []}, "does not ask"),
    ("answer", {"parts": {}, "evidence": ["gateway/error.log:9999"]}, "no line"),
    ("answer", {"parts": {}, "evidence": ["nowhere/app.log:1"]}, "no log"),
    ("answer", {"parts": {}, "evidence": ["looks.log:77"]}, "looks.log:77"),
    ("answer", {"parts": {}, "evidence": ["rubbish"]}, "rubbish"),
    ("dance", {}, "cannot"),
]


def test_bad_input_is_told_and_uses_up_no_try(start):
    start()
    round_ = client.find_round(None)
    for op, params, says in BAD_INPUT:
        if op == "probe":
            params = {"method": "GET", "headers": [], "body": None, **params}
        with pytest.raises(LabError, match=says) as caught:
            round_.call(op, **params)
        assert caught.value.cure
    assert round_.call("status")["tries_left"] == 3


def test_traffic_can_be_switched(start):
    start()
    round_ = client.find_round(None)
    assert round_.call("traffic", mode="off")["rate"] == 0
    assert round_.call("traffic", mode="once")["traffic"] == "once"
    assert round_.call("traffic", mode="on")["rate"] > 0


def test_hints_have_a_price_and_an_end(start):
    start("slow-handler")
    round_ = client.find_round(None)
    hints = [round_.call("hint") for _ in range(3)]
    assert [hint["rung"] for hint in hints] == ["look here", "compare these", "rule out"]
    assert {hint["price"] for hint in hints} == {3}
    with pytest.raises(LabError, match="no further hint"):
        round_.call("hint")


def test_a_hint_that_says_nothing_new_is_free(start):
    started = start("slow-handler")
    round_ = client.find_round(None)
    timed_out = find(started, "gateway-lab", status=504)
    round_.call("answer", parts={"mechanism": "not-accepting"}, evidence=[timed_out])
    assert round_.call("hint")["price"] == 0


def test_giving_up_shows_the_key_and_ends_the_answers(start):
    start()
    round_ = client.find_round(None)
    assert round_.call("give-up")["scenario"] == "port-closed"
    with pytest.raises(LabError, match="given up"):
        round_.call("answer", parts=RIGHT, evidence=[])


def test_a_debrief_comes_after_the_round(start):
    start()
    with pytest.raises(LabError, match="still open"):
        client.find_round(None).call("debrief")


def test_an_unknown_scenario_offers_the_nearest(start):
    with pytest.raises(LabError) as caught:
        start("port-close")
    assert "port-closed" in caught.value.cure
    assert client.list_rounds() == []


def _wait(condition, seconds):
    import time

    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.05)
