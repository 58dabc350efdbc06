"""What only containers can do, and what can go wrong with them: nothing stays, and it is told in words."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

import docker_here
from docker_here import docker
from lab.engines.base import Exit
from lab.engines.compose import leftovers, subnet
from lab.engines.compose.engine import ComposeEngine
from lab.engines.compose.labels import Labels
from lab.errors import LabError

pytestmark = pytest.mark.docker


@pytest.fixture
async def engine(tmp_path: Path):
    async with ComposeEngine() as engine:
        yield engine
    assert not [left for folder in tmp_path.iterdir() for left in docker_here.left(folder)]


def containers(plan: Any) -> list[dict[str, Any]]:
    ids = docker("ps", "--all", "--quiet", "--filter", f"label=badgateway.folder={plan.folder}").split()
    return list(json.loads(docker("inspect", *ids))) if ids else []


def container(plan: Any, service: str) -> str:
    (name,) = (one["Name"].lstrip("/") for one in containers(plan) if one["Name"].endswith(f"-{service}-1"))
    return str(name)


# -- what containers are given -------------------------------------------------------------------------------------


async def test_no_secret_is_where_a_trainee_looks(engine, system) -> None:
    plan = system.plan()
    async with engine.launch(plan, system.exits.append) as stack:
        secrets = (stack.hop("api-1").unit.token, stack.hop("api-1")._settings["secret"])
        told = [json.dumps(containers(plan))]
        told += [path.read_text(errors="replace") for path in plan.folder.rglob("*") if path.is_file()]
        for row in await stack.inspect("proc", "api-1"):
            told += [Path(f"/proc/{row['pid']}/{part}").read_text() for part in ("environ", "cmdline")]
        assert len(told) > 10
        assert not [text for text in told for secret in secrets if secret in text]


async def test_containers_have_few_rights_and_publish_nothing(engine, system) -> None:
    plan = system.plan(routes={"gateway_api": "link", "api_payments": "link"})
    async with engine.launch(plan, system.exits.append) as stack:
        (row,) = await stack.inspect("proc", "api-1")
        assert "NoNewPrivs:\t1" in Path(f"/proc/{row['pid']}/status").read_text()
        found = containers(plan)
        assert len(found) == 7
        for one in found:
            given = one["HostConfig"]
            assert given["Privileged"] is False
            assert given["CapDrop"] == ["ALL"]
            assert {cap.removeprefix("CAP_") for cap in given["CapAdd"] or ()} <= {"SETGID", "SETUID"}
            assert not given["PortBindings"]
            assert given["ReadonlyRootfs"] is True
            assert given["Memory"] == given["MemorySwap"] > 0
            assert one["Config"]["User"] == f"{os.geteuid()}:{os.getegid()}"
            assert not [mount for mount in one["Mounts"] if "sock" in mount["Source"]]
        files = [path for path in plan.folder.rglob("*") if path.is_file()]
        assert {path.stat().st_uid for path in files} == {os.geteuid()}


async def test_hops_know_each_other_by_name(engine, system) -> None:
    plan = system.plan(replicas=2)
    async with engine.launch(plan, system.exits.append) as stack:
        for hop in ("gateway", "api-2", "payments"):
            said = docker("exec", container(plan, "api-1"), "getent", "hosts", hop)
            assert said.split()[0] == stack.hop(hop).address.host
        began = time.monotonic()
        with pytest.raises(AssertionError, match="exit 2"):
            docker("exec", container(plan, "api-1"), "getent", "hosts", "nobody.example")
        assert time.monotonic() - began < 5
        assert {"container-dns", "network-disconnect", "oom", "cgroup-cpu", "link"} <= engine.offers()


# -- limits and the network ----------------------------------------------------------------------------------------


async def test_what_takes_too_much_memory_is_killed_and_restarted(engine, system) -> None:
    async with engine.launch(system.plan(), system.exits.append) as stack:
        api = stack.hop("api-1")
        api.expect_death(True)
        (row,) = await stack.inspect("proc", "api-1")
        await api.limit(memory=int((row["rss_mb"] + 16) * 2**20))
        with ExitStack() as held:
            for _ in range(60):
                with suppress(OSError):  # it dies while they come
                    client = held.enter_context(socket.create_connection(api.address, timeout=5))
                    client.sendall(b"POST /price-list HTTP/1.1\r\nHost: shop\r\nContent-Length: 1048576\r\n\r\n")
                    client.sendall(b"x" * 1_000_000)
                await asyncio.sleep(0)
                if system.exits:
                    break
            await system.until(lambda: system.exits)
        assert system.exits == [Exit("api-1", None, "SIGKILL", True)]
        assert api.oom_killed
        await api.settle()
        assert not api.oom_killed
        assert (await system.get(api.address)).status == 200


async def test_what_may_use_little_cpu_is_throttled(engine, system) -> None:
    plan = system.plan()
    async with engine.launch(plan, system.exits.append) as stack:
        api = stack.hop("api-1")

        def throttled() -> int:
            stats = engine._daemon.api.stats(container(plan, "api-1"), stream=False)
            return int(stats["cpu_stats"]["throttling_data"]["throttled_periods"])

        assert throttled() == 0
        await api.limit(cpus=0.02)
        for _ in range(10):
            with suppress(TimeoutError):
                await system.get(api.address, "/products")
        assert throttled() > 0
        await api.limit(cpus=0)
        assert (await system.get(api.address, "/products")).status == 200


async def test_a_hop_off_the_network_is_silent_until_it_is_back(engine, system) -> None:
    plan = system.plan(gateway={"connect_timeout": 0.3})
    async with engine.launch(plan, system.exits.append) as stack:
        api = stack.hop("api-1")
        await api.connect(False)
        assert api.state == "running"
        with pytest.raises((TimeoutError, OSError)) as caught:
            await system.get(api.address)
        assert not isinstance(caught.value, ConnectionRefusedError)
        assert (await system.get(stack.gateway.address)).status in (502, 504)
        await api.connect(True)
        async with asyncio.timeout(5):
            while (await system.get(stack.gateway.address)).status != 200:  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.05)
        said = docker("exec", container(plan, "payments"), "getent", "hosts", "api-1")
        assert said.split()[0] == api.address.host


# -- deaths --------------------------------------------------------------------------------------------------------


async def test_a_container_stopped_by_hand_was_not_asked_to(engine, system) -> None:
    plan = system.plan(restart={"policy": "never"})
    async with engine.launch(plan, system.exits.append) as stack:
        docker("stop", "--time", "2", container(plan, "payments"))
        await system.until(lambda: system.exits)
        assert system.exits == [Exit("payments", 0, None, False)]
        assert stack.hop("payments").state == "failed"
        await stack.hop("payments").start()
        assert (await system.get(stack.hop("payments").address)).status == 200


async def test_a_container_removed_by_hand_is_told(engine, system) -> None:
    plan = system.plan(restart={"delay": 0.01, "most": 2})
    async with engine.launch(plan, system.exits.append) as stack:
        api = stack.hop("api-1")
        docker("rm", "--force", container(plan, "api-1"))
        await system.until(lambda: system.exits)
        assert system.exits == [Exit("api-1", None, "SIGKILL", False)]
        await system.until(lambda: api.state == "failed")
        assert "gave up after 2 restarts" in stack.logs["system/process.log"].read_text()
        with pytest.raises(LabError, match="it is not there any more") as caught:
            await api.start()
        assert "lab stop" in str(caught.value)


async def test_a_host_removed_by_hand_takes_its_hop_along(engine, system) -> None:
    plan = system.plan(restart={"policy": "never"})
    async with engine.launch(plan, system.exits.append):
        docker("rm", "--force", container(plan, "payments-host"))
        await system.until(lambda: system.exits)
        assert system.exits == [Exit("payments", None, "SIGKILL", False)]


async def test_the_end_of_toxiproxy_is_told(engine, system) -> None:
    plan = system.plan(routes={"gateway_api": "link"})
    async with engine.launch(plan, system.exits.append):
        docker("kill", container(plan, "toxiproxy"))
        await system.until(lambda: system.exits)
        assert system.exits == [Exit("link", None, "SIGKILL", False)]


async def test_an_application_that_cannot_start_is_given_up(engine, system) -> None:
    async with engine.launch(system.plan(restart={"delay": 0.01, "most": 2}), system.exits.append) as stack:
        api = stack.hop("api-1")
        api.arm({"name": "no-such-fault"})
        await api.kill("SIGKILL", restart=True)
        await system.until(lambda: api.state == "failed", timeout=15)
        assert [exit_.code for exit_ in system.exits] == [None, 2, 2]
        assert "api-1: gave up after 2 restarts" in stack.logs["system/process.log"].read_text()
        assert "no-such-fault" in stack.logs["api-1/stderr.log"].read_text()
        with pytest.raises(LabError, match=r"ended as it was started.*no-such-fault"):
            await api.start()


async def test_a_gateway_that_cannot_start_says_why(engine, system) -> None:
    plan = system.plan(gateway={"next_upstream": "nonsense"}, restart={"policy": "never"})
    with pytest.raises(LabError, match=r"gateway ended as it was started.*\[emerg\].*nonsense"):
        async with engine.launch(plan, system.exits.append):
            pass
    assert docker_here.left(plan.folder) == []


@pytest.mark.alert_expected
async def test_nginx_outlives_a_log_that_is_full(engine, system) -> None:
    async with engine.launch(system.plan(), system.exits.append) as stack:
        for log in ("access.log", "lab.log"):
            with stack.logs[f"gateway/{log}"].open("r+b") as file:
                file.truncate(20 * 2**20)  # takes no room on the disk
        for _ in range(3):
            assert (await system.get(stack.gateway.address)).status == 200
        assert not system.exits
        assert "(27: File too large)" in stack.logs["gateway/error.log"].read_text()


# -- what goes wrong around it -------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0.02, 0.2, 0.5, 0.9, 1.4])
async def test_a_cancelled_launch_leaves_nothing(engine, system, after: float) -> None:
    plan = system.plan()
    launched = engine.launch(plan, system.exits.append)
    task = asyncio.create_task(launched.__aenter__())
    await asyncio.sleep(after)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    else:
        await launched.__aexit__(None, None, None)
    assert docker_here.left(plan.folder) == []


async def test_a_project_of_that_name_that_is_not_ours_is_left_alone(engine, system) -> None:
    plan = system.plan()
    project = Labels(plan.round, plan.folder, 1).project
    stranger = docker(
        "run", "--detach", "--init", "--label", f"com.docker.compose.project={project}", "--network", "none",
        "--entrypoint", "sleep", docker_here.images().get("LAB_NGINX_IMAGE", "nginx:1.28"), "60",
    ).strip()  # fmt: skip
    try:
        with pytest.raises(LabError, match=f"called {project} already"):
            async with engine.launch(plan, system.exits.append):
                pass
        assert docker("inspect", "--format", "{{.State.Running}}", stranger).strip() == "true"
    finally:
        docker("rm", "--force", stranger)


async def test_addresses_taken_meanwhile_are_given_up_for_others(engine, system, monkeypatch) -> None:
    """The list of networks is old by the time that one is made."""
    async with engine.launch(system.plan("first"), system.exits.append) as first:
        taken = first.clients[0].split(".")[2]
        monkeypatch.setattr(subnet, "_parsed", lambda networks: [])
        monkeypatch.setattr(subnet, "_routes", list)
        monkeypatch.setattr(subnet, "_LOCK", f"\0badgateway-test-{os.getpid()}-{{}}")
        async with engine.launch(system.plan("second"), system.exits.append) as second:
            assert second.clients[0].split(".")[2] != taken
            assert (await system.get(second.gateway.address)).status == 200


async def test_an_image_that_cannot_be_had_is_named(system, monkeypatch) -> None:
    monkeypatch.setenv("LAB_NGINX_IMAGE", "127.0.0.1:1/nginx:none")
    plan, said = system.plan(), []
    async with ComposeEngine(progress=said.append) as engine:
        with pytest.raises(LabError, match=r"no image 127\.0\.0\.1:1/nginx:none") as caught:
            async with engine.launch(plan, system.exits.append):
                pass
    assert "make images-offline" in caught.value.cure
    assert said == ["pulling the image 127.0.0.1:1/nginx:none, once"]


# -- owners that die -----------------------------------------------------------------------------------------------

OWNER = """
import asyncio, json, sys
from pathlib import Path
from lab.engines import open_engine
from lab.engines.base import Plan

async def main():
    print("launching", flush=True)
    plan = Plan("owned", Path(sys.argv[1]), 1, {}, {}, {}, {}, 1)
    async with open_engine("compose") as engine, engine.launch(plan, lambda _: None) as stack:
        await stack.hop("api-1").pause()
        print("up", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@contextmanager
def owner(folder: Path) -> Iterator[subprocess.Popen[str]]:
    folder.mkdir()
    command = [sys.executable, "-c", OWNER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "launching\n"
            yield process
        finally:
            process.kill()


def wait_until_up(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    assert process.stdout.readline() == "up\n"


def guardians(folder: Path) -> list[int]:
    project = Labels("owned", folder, 1).project
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if project in path.read_text() and "docker compose" in path.read_text():
                found.append(int(path.parent.name))
    return found


def gone(folder: Path) -> None:
    """Wait until nothing is left, and no guardian either."""
    ends = time.monotonic() + 25
    while left := [*docker_here.left(folder), *guardians(folder)]:
        assert time.monotonic() < ends, f"still there: {left}"
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_owner_that_is_gone_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "owned"
    with owner(folder) as process:
        wait_until_up(process)
        assert len(guardians(folder)) == 1
        process.send_signal(number)
        gone(folder)


@pytest.mark.parametrize("after", [0.3, 0.6, 0.9, 1.2])
def test_an_owner_killed_while_it_launches_leaves_nothing(tmp_path: Path, after: float) -> None:
    folder = tmp_path / "owned"
    with owner(folder) as process:
        time.sleep(after)
        process.kill()
        gone(folder)


def test_what_is_left_without_a_guardian_is_found_and_removed(tmp_path: Path) -> None:
    folder = tmp_path / "owned"
    with owner(folder) as process:
        wait_until_up(process)
        assert leftovers.find(tmp_path) == [], "its owner lives"
        assert leftovers.clear(tmp_path) == []
        assert docker_here.left(folder)
        (guardian,) = guardians(folder)
        os.kill(guardian, signal.SIGKILL)
        process.kill()
        process.wait()
        found = leftovers.find(tmp_path)
        assert {one.kind for one in found} == {"container", "network"}
        assert leftovers.find(tmp_path / "elsewhere") == []
        assert leftovers.clear(folder) == []
        assert docker_here.left(folder) == []


class Relay(threading.Thread):
    """A socket that leads to the engine's, until it is cut."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._open: list[socket.socket] = [self._listener]
        self.start()

    def run(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                engine = socket.socket(socket.AF_UNIX)
                engine.connect("/var/run/docker.sock")
                self._open += [client, engine]
                for source, target in ((client, engine), (engine, client)):
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        for sock in self._open:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()


# The SDK leaves a socket open that could not be connected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_an_engine_that_stops_is_told_and_what_it_leaves_is_found_later(system, monkeypatch, lab_home) -> None:
    plan = system.plan()
    path = lab_home / "docker.sock"
    relay = Relay(path)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    async with ComposeEngine() as engine:
        async with engine.launch(plan, system.exits.append) as stack:
            relay.cut()
            path.unlink()
            await system.until(lambda: len(system.exits) == 3)
            assert {(exit_.signal, exit_.asked) for exit_ in system.exits} == {("SIGKILL", False)}
            assert {hop.state for hop in stack.hops.values()} == {"failed"}
            with pytest.raises(LabError, match="The Docker engine does not answer"):
                await stack.hop("api-1").start()
        (left,) = await stack.left_behind()
        assert left.startswith("perhaps its containers: No Docker engine answers")
        with pytest.raises(LabError, match="No Docker engine answers"):
            leftovers.find(plan.folder)
    monkeypatch.delenv("DOCKER_HOST")
    assert leftovers.find(plan.folder)
    assert leftovers.clear(plan.folder) == []
    gc.collect()  # so that it is this test that is warned
