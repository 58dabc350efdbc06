"""Links on the embedded server and on a real Toxiproxy, process or container: each fault, and its undoing."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import psutil
import pytest

from lab.engines import open_engine
from lab.engines.base import Stack
from lab.errors import LabError
from lab.faults.registry import INJECTORS

LINKED = {"gateway_api": "link", "api_payments": "link"}
SHORT = {"read_timeout": 0.6}


@pytest.fixture(
    params=[
        pytest.param(("process", "real"), marks=(pytest.mark.nginx, pytest.mark.toxiproxy)),
        pytest.param(("process", "embedded"), marks=pytest.mark.nginx),
        pytest.param(("compose", None), marks=pytest.mark.docker),
    ],
    ids=["real", "embedded", "compose"],
)
async def stack(request, system) -> AsyncIterator[Stack]:
    name, server = request.param
    async with (
        open_engine(name, link_server=server) as engine,
        engine.launch(system.plan(routes=LINKED, gateway=SHORT, replicas=2), system.exits.append) as stack,
    ):
        yield stack
    assert await stack.left_behind() == []
    assert {exit_.hop for exit_ in system.exits} == set(stack.hops)


@pytest.fixture
def get(stack, system):
    """Asks `api-1` over its link and says how long it took, which status came and how many bytes."""
    token = ""

    async def ask(path: str = "/health") -> tuple[float, int, int]:
        nonlocal token
        if path.startswith("/export") and not token:
            told = await stack.hop("api-1").control("POST", "/tokens", {"user": 1, "ttl": 600})
            token = str(told["token"])
        began = time.monotonic()
        answer = await system.get(stack.reached["api-1"], path, f"Authorization: Bearer {token}")
        return time.monotonic() - began, answer.status, len(answer.body)

    return ask


@pytest.fixture
def broken(stack):
    """Injects a fault on the link to api-1; the caller restores it."""

    async def inject(name, **parameters):
        injector = INJECTORS[name].model_validate({"to": "api-1", **parameters})
        await injector.inject(stack)
        return injector

    return inject


async def gateway(stack, system) -> int:
    """The status that the gateway gives; it has one api behind a broken link, and asks in turn."""
    return max([(await system.get(stack.gateway.address)).status for _ in range(2)])


async def test_linked_hops_are_reached_at_another_address(stack, get, system):
    assert await get() == (pytest.approx(0, abs=5), 200, pytest.approx(40, abs=20))
    conf = stack.logs["gateway/error.log"].parents[2] / "conf" / "nginx.conf"
    for hop in ("api-1", "api-2", "payments"):
        assert stack.reached[hop] != stack.hop(hop).address
    assert f"server {stack.reached['api-2']} " in conf.read_text()
    assert stack.reached["gateway"] == stack.gateway.address


async def test_the_ways_of_the_replicas_are_separate(stack, system, broken):
    fault = await broken("down")
    statuses = sorted([(await system.get(stack.gateway.address)).status for _ in range(4)])
    assert statuses == [200, 200, 502, 502]
    await fault.restore(stack)


@pytest.mark.parametrize("streams", [["upstream"], ["downstream"], ["upstream", "downstream"]])
async def test_latency(stack, get, broken, streams):
    fault = await broken("latency", of_read_timeout=0.5, streams=streams)
    assert (await get())[0] >= 0.3 * len(streams)
    await fault.restore(stack)
    assert min([(await get())[0] for _ in range(5)]) < 0.3


async def test_latency_that_grows(stack, get, broken):
    fault = await broken("latency", of_read_timeout=0.7, grows_from=0.001, over=0.5)
    await asyncio.sleep(1.0)
    assert (await get())[0] >= 0.42
    await fault.restore(stack)
    await asyncio.sleep(0.5)  # longer than a step, so that a growth that went on would have put it back
    assert min([(await get())[0] for _ in range(5)]) < 0.3


async def test_latency_beyond_the_read_timeout_is_a_504(stack, system, broken):
    fault = await broken("latency", of_read_timeout=2)
    assert await gateway(stack, system) == 504
    await fault.restore(stack)
    assert await gateway(stack, system) == 200


async def test_jitter(stack, get, broken):
    fault = await broken("jitter", of_read_timeout=1)
    times = [(await get())[0] for _ in range(8)]
    assert max(times) - min(times) > 0.03
    assert max(times) < 5
    await fault.restore(stack)


async def test_bandwidth_holds_up_what_is_large(stack, get, broken):
    whole = (await get("/export?user=1"))[2]
    fault = await broken("bandwidth", kb_in_read_timeout=90)  # 150 kB/s
    took, status, size = await get("/export?user=1")
    assert (status, size) == (200, whole)
    assert took >= 0.3
    assert min([(await get())[0] for _ in range(3)]) < 0.3
    await fault.restore(stack)


async def test_slow_close(stack, get, broken):
    fault = await broken("slow-close", seconds=0.4)
    took, status, _ = await get()
    assert status == 200
    assert took >= 0.4
    await fault.restore(stack)


async def test_timeout_lets_nothing_pass(stack, system, broken):
    fault = await broken("timeout", streams=["upstream"])
    assert await gateway(stack, system) == 504
    await fault.restore(stack)
    fault = await broken("timeout", seconds=0.1, streams=["upstream"])
    assert await gateway(stack, system) == 502
    await fault.restore(stack)
    assert await gateway(stack, system) == 200


async def test_reset(stack, system, broken):
    fault = await broken("reset")
    assert await gateway(stack, system) == 502
    assert "(104: Connection reset by peer)" in stack.logs["gateway/error.log"].read_text()
    await fault.restore(stack)
    assert await gateway(stack, system) == 200


async def test_slicer(stack, get, broken):
    whole = (await get("/export?user=1"))[2]
    fault = await broken("slicer", bytes=whole // 10, wait=0.03)
    took, status, size = await get("/export?user=1")
    assert (status, size) == (200, whole)
    assert took >= 0.2
    await fault.restore(stack)


async def test_limit(stack, system, broken):
    fault = await broken("limit", bytes=20)
    assert await gateway(stack, system) == 502
    assert "prematurely closed connection" in stack.logs["gateway/error.log"].read_text()
    await fault.restore(stack)
    assert await gateway(stack, system) == 200


async def test_down(stack, system, broken):
    fault = await broken("down")
    assert await gateway(stack, system) == 502
    assert "(111: Connection refused)" in stack.logs["gateway/error.log"].read_text()
    with pytest.raises(ConnectionRefusedError):
        await system.get(stack.reached["api-1"])
    assert (await system.get(stack.hop("api-1").address)).status == 200
    await fault.restore(stack)
    assert await gateway(stack, system) == 200


async def test_payments_has_a_link_of_its_own(stack, system):
    fault = INJECTORS["down"].model_validate({"to": "payments"})
    await fault.inject(stack)
    with pytest.raises(ConnectionRefusedError):
        await system.get(stack.reached["payments"])
    assert await gateway(stack, system) == 200
    await fault.restore(stack)
    assert (await system.get(stack.reached["payments"])).status == 200


async def test_what_the_server_refuses_is_told(stack):
    with pytest.raises(LabError, match="invalid toxic type"):
        await stack.link("api-1").add("x", "nonsense", {})
    await stack.link("api-1").remove("x")


async def test_the_desk_has_nothing_of_the_control_api(stack, broken):
    fault = await broken("latency", of_read_timeout=0.1)
    folder = stack.logs["gateway/error.log"].parents[2]
    texts = [path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()]
    assert texts
    assert not [text for text in texts if "toxi" in text.lower() or "8474" in text or "latency" in text]
    assert "link" not in stack.hops
    await fault.restore(stack)


@pytest.mark.nginx
async def test_a_direct_route_has_no_link(system):
    async with open_engine("process") as engine, engine.launch(system.plan(), system.exits.append) as stack:
        assert stack.reached["api-1"] == stack.hop("api-1").address
        with pytest.raises(LabError, match="payments is not reached over a link") as caught:
            stack.link("payments")
        assert caught.value.code == 2


@pytest.mark.nginx
@pytest.mark.toxiproxy
async def test_the_end_of_a_real_server_is_told(system):
    async with (
        open_engine("process", link_server="real") as engine,
        engine.launch(system.plan(routes=LINKED), system.exits.append) as stack,
    ):
        (server,) = [
            child for child in psutil.Process(engine.zygote_pid).children(recursive=True) if "toxiproxy" in child.name()
        ]
        os.kill(server.pid, signal.SIGKILL)
        await system.until(lambda: system.exits)
        assert (system.exits[0].hop, system.exits[0].signal, system.exits[0].asked) == ("link", "SIGKILL", False)
    assert await stack.left_behind() == []


@pytest.mark.nginx
async def test_no_real_server_is_told_with_a_cure(system, monkeypatch):
    monkeypatch.setenv("LAB_TOXIPROXY", "/nowhere/toxiproxy-server")
    async with open_engine("process", link_server="real") as engine:
        with pytest.raises(LabError, match="LAB_TOXIPROXY=/nowhere/toxiproxy-server is not a program"):
            async with engine.launch(system.plan(routes=LINKED), system.exits.append):
                pass
        assert psutil.Process(engine.zygote_pid).children(recursive=True) == []
