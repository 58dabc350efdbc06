"""Processes that end in ways nobody planned: nothing stays, and what is told about it is true."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from lab.engines import managed
from lab.engines.base import Address
from lab.engines.process import addresses, child, hops
from lab.engines.process.engine import ProcessEngine
from lab.errors import LabError

pytestmark = pytest.mark.nginx


def running(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def descriptors(pid: int) -> set[str]:
    return {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}


async def pids_of(stack) -> list[int]:
    return [row["pid"] for hop in stack.hops for row in await stack.inspect("proc", hop)]


async def test_only_its_own_are_killed_when_the_zygote_is_gone(engine, system) -> None:
    plan = system.plan()
    async with ProcessEngine() as other, other.launch(plan, system.exits.append) as kept:
        beside = system.plan("beside").folder
        async with engine.launch(replace(plan, folder=beside), lambda _: None):  # the same mark
            os.kill(engine.zygote_pid, signal.SIGKILL)
        assert {hop.state for hop in kept.hops.values()} == {"running"}
        assert await kept.hop("api-1").control("GET", "/state")
        assert not system.exits


async def test_the_zygote_killed_takes_everything_along(engine, system) -> None:
    async with engine.launch(system.plan(), system.exits.append) as stack:
        await stack.gateway.pause()  # it can't be told to go
        pids = await pids_of(stack)
        os.kill(engine.zygote_pid, signal.SIGKILL)
        await system.until(lambda: len(system.exits) == 3)
        assert {exit_.hop for exit_ in system.exits if not exit_.asked} == set(stack.hops)
        assert {hop.state for hop in stack.hops.values()} == {"failed"}
        with pytest.raises(LabError, match="is gone"):
            await stack.hop("api-1").start()
    assert await stack.left_behind() == []
    assert not any(running(pid) for pid in pids)
    with pytest.raises(LabError, match="is gone"):
        async with engine.launch(system.plan("next"), system.exits.append):
            pass


OWNER = """
import asyncio, json, os, sys
from pathlib import Path
from lab.engines import open_engine
from lab.engines.base import Plan

async def main():
    plan = Plan(f"owned-{os.getpid()}", Path(sys.argv[1]), 2, {}, {}, {}, {}, 1)
    async with open_engine("process") as engine, engine.launch(plan, lambda _: None) as stack:
        if "paused" in sys.argv:
            await stack.gateway.pause()
            await stack.hop("api-1").pause()
        pids = [row["pid"] for hop in stack.hops for row in await stack.inspect("proc", hop)]
        at = [hop.address for hop in stack.hops.values()]
        n = int(at[0].host.split(".")[2])
        print(json.dumps({"n": n, "pids": [engine.zygote_pid, *pids], "at": at}), flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("how", ["running", "paused"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_owner_that_is_gone_leaves_nothing(tmp_path: Path, system, how: str, number: signal.Signals) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as owner:
        assert owner.stdout
        told = json.loads(owner.stdout.readline())
        assert all(running(pid) for pid in told["pids"])
        owner.send_signal(number)
        began = time.monotonic()
        while left := [pid for pid in told["pids"] if running(pid)]:
            assert time.monotonic() - began < 2, f"still there: {left}"
            time.sleep(0.01)
        at = replace(addresses.choose(254, 2, True), n=told["n"], apis=tuple(Address(*one) for one in told["at"]))
        assert addresses.left_listening(at) == []
    # It was asked to go, and not only killed because its parent died.
    assert (tmp_path / "logs" / "payments" / "app.log").read_text().count("app.stopping") == 1


@pytest.mark.parametrize("after", [0.0, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03])
async def test_a_cancelled_launch_leaves_nothing(engine, system, after: float) -> None:
    launched = engine.launch(system.plan(), system.exits.append)
    async with engine.launch(system.plan("warm"), system.exits.append):
        before = {process.pid for process in psutil.Process(engine.zygote_pid).children(recursive=True)}
        held = descriptors(engine.zygote_pid)
        task = asyncio.create_task(launched.__aenter__())
        await asyncio.sleep(after)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        else:
            await launched.__aexit__(None, None, None)
        assert {process.pid for process in psutil.Process(engine.zygote_pid).children(recursive=True)} == before
        assert descriptors(engine.zygote_pid) == held, "the lab's number is still taken"


async def test_a_gateway_that_cannot_start_says_why(engine, system) -> None:
    with pytest.raises(LabError, match=r"\[emerg\].*nonsense") as caught:
        async with engine.launch(system.plan(gateway={"next_upstream": "nonsense"}), system.exits.append):
            pass
    assert "gateway" in caught.value.what
    assert psutil.Process(engine.zygote_pid).children() == []


@pytest.mark.parametrize(
    ("mood", "says"), [("fails", "the database is not there"), ("raises", "RuntimeError: no such table")]
)
async def test_an_application_that_cannot_start_says_why(stand_in_engine, system, mood: str, says: str) -> None:
    plan = system.plan(restart={"policy": "never"})
    (plan.folder / mood).touch()
    with pytest.raises(LabError, match=says):
        async with stand_in_engine.launch(plan, system.exits.append):
            pass


async def test_an_application_that_never_answers_is_given_up(stand_in_engine, system, monkeypatch) -> None:
    monkeypatch.setattr(managed, "READY_TIMEOUT", 0.4)
    plan = system.plan()
    (plan.folder / "never-answers").touch()
    with pytest.raises(LabError, match=r"api-1 was started and does not answer within 0.4 s"):
        async with stand_in_engine.launch(plan, system.exits.append):
            pass


async def test_restarts_end(stand_in_engine, system) -> None:
    plan = system.plan(restart={"delay": 0.02, "most": 3})
    async with stand_in_engine.launch(plan, system.exits.append) as stack:
        (plan.folder / "fails").touch()
        os.kill(stack.hop("api-1").pid, signal.SIGKILL)
        await system.until(lambda: len(system.exits) == 4)
        assert stack.hop("api-1").state == "failed"
        assert [exit_.code for exit_ in system.exits] == [None, 1, 1, 1]
        log = stack.logs["system/process.log"].read_text()
        with pytest.raises(LabError, match="did not run again, it is failed"):
            (plan.folder / "fails").unlink()
            await stack.hop("api-1").start()
            (plan.folder / "fails").touch()
            await stack.hop("api-1").kill("SIGKILL", restart=True)
            await stack.hop("api-1").settle()
        assert log.count("api-1: restarting in 0.02 s") == 3
        assert "api-1: gave up after 3 restarts" in log
        assert stack.logs["api-1/stderr.log"].read_text().count("the database is not there") == 6


async def test_what_ignores_sigterm_is_killed_with_its_children(stand_in_engine, system, monkeypatch) -> None:
    monkeypatch.setattr(hops, "STOP_GRACE", 0.2)
    plan = system.plan()
    (plan.folder / "ignores-sigterm").touch()
    (plan.folder / "forks").touch()
    async with stand_in_engine.launch(plan, system.exits.append) as stack:
        pids = [row["pid"] for row in await stack.inspect("proc", "api-1")]
        assert len(pids) == 2
        await stack.hop("api-1").stop()
        assert not any(running(pid) for pid in pids)
        with pytest.raises(ConnectionRefusedError):
            await system.get(stack.hop("api-1").address)


async def test_a_log_cannot_grow_without_end(stand_in_engine, system) -> None:
    plan = system.plan()
    (plan.folder / "fills").touch()
    async with stand_in_engine.launch(plan, system.exits.append) as stack:
        await system.until(lambda: "errno 27" in stack.logs["api-1/stderr.log"].read_text())
        assert stack.log_bytes() == child.LOG_CAP
        assert stack.hop("api-1").state == "running"


async def test_nginx_outlives_a_log_that_is_full(engine, system) -> None:
    async with engine.launch(system.plan(), system.exits.append) as stack:
        for log in ("access.log", "lab.log"):
            with stack.logs[f"gateway/{log}"].open("r+b") as file:
                file.truncate(child.LOG_CAP)  # takes no room on the disk
        for _ in range(3):
            assert (await system.get(stack.gateway.address)).status == 200
        assert stack.log_bytes() == child.LOG_CAP
        assert not system.exits
        # The alert about it is expected, and no other.
        log = stack.logs["gateway/error.log"]
        text = log.read_text()
        assert "(27: File too large)" in text
        log.write_text(text.replace("[alert]", "[seen]"))


async def test_children_have_limits_and_no_descriptor_of_the_zygote(engine, system) -> None:
    async with engine.launch(system.plan(), system.exits.append) as stack:
        process = psutil.Process(stack.hop("api-1").pid)
        assert process.rlimit(psutil.RLIMIT_NOFILE) == (256, 256)
        assert process.rlimit(psutil.RLIMIT_CORE) == (0, 0)
        assert psutil.Process(stack.gateway.pid).rlimit(psutil.RLIMIT_NOFILE) == (512, 512)
        zygote = descriptors(engine.zygote_pid)
        for pid in await pids_of(stack):
            shared = descriptors(pid) & zygote
            assert not {link for link in shared if link.startswith(("socket:", "pipe:"))}
        (listener,) = psutil.Process(stack.gateway.pid).net_connections("inet")
        flags = Path(f"/proc/{stack.gateway.pid}/fdinfo/{listener.fd}").read_text().split("flags:")[1].split()[0]
        assert int(flags, 8) & os.O_NONBLOCK, "nginx leaves it as it is, and would hang in accept"
        assert not psutil.Process(engine.zygote_pid).net_connections("inet")
        assert psutil.Process(engine.zygote_pid).num_threads() == 1


async def test_children_can_be_found_by_mark_and_name(engine, system) -> None:
    plan = system.plan("found")
    async with engine.launch(plan, system.exits.append) as stack:
        process = psutil.Process(stack.hop("api-1").pid)
        assert process.environ()["LAB_ROUND"] == plan.round
        assert process.cmdline()[0] == f"lab api-1 ({plan.round})"
        # nginx writes its title over its environment, so it is found by its group.
        left = await stack.left_behind()
        assert len([line for line in left if "nginx: master" in line or "nginx: worker" in line]) == 2
        assert len(left) == 4, "listeners are told only once the number is free"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
async def test_with_ports_of_127_0_0_1_it_works_too(system) -> None:
    async with (
        ProcessEngine(own_addresses=False) as engine,
        engine.launch(system.plan(), system.exits.append) as stack,
    ):
        assert stack.gateway.address.host == "127.0.0.1"
        assert stack.clients == ()
        assert "client-addresses" not in engine.offers()
        assert (await system.get(stack.gateway.address)).status == 200
    assert await stack.left_behind() == []


async def test_a_port_taken_meanwhile_is_said_and_retried(engine, system) -> None:
    async with engine.launch(system.plan(restart={"delay": 0.05}), system.exits.append) as stack:
        api = stack.hop("api-1")
        await api.stop()
        with socket.socket() as stranger:
            stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            stranger.bind(api.address)
            stranger.listen()
            with pytest.raises(LabError, match=r"api-1 could not be started.*in use"):
                await api.start()
            assert api.state == "failed"
        await api.start()
        assert api.state == "running"


async def test_a_broken_applications_module_is_said(system) -> None:
    async with ProcessEngine(serve="no_such_module") as engine:
        with pytest.raises(LabError, match="No module named 'no_such_module'"):
            async with engine.launch(system.plan(), system.exits.append):
                pass
