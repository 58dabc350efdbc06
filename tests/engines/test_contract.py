"""What every engine does. Each test runs over every entry of the registry."""

from __future__ import annotations

import asyncio

import pytest

from lab.engines import open_engine
from lab.engines.base import Exit
from lab.errors import LabError


async def test_a_request_passes_all_hops(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        answer = await system.get(stack.gateway.address, "/products/7", "X-Request-Id: abc-1")
        assert answer.status == 200
        assert answer.headers["x-request-id"] == "abc-1"
        assert "rid=abc-1" in stack.logs["gateway/lab.log"].read_text()
        assert '"abc-1"' in stack.logs["api-1/app.log"].read_text()
        assert set(stack.hops) == {"gateway", "api-1", "payments"}
        assert {hop.state for hop in stack.hops.values()} == {"running"}
        assert stack.conf["read_timeout"] == 3.0
        assert all(path.exists() for path in stack.logs.values())
    assert await stack.left_behind() == []
    assert {(exit_.hop, exit_.asked) for exit_ in system.exits} == {(name, True) for name in stack.hops}


async def test_a_stopped_api_refuses_and_comes_back_at_the_same_port(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        api = stack.hop("api-1")
        await api.stop()
        assert api.state == "stopped"
        assert system.exits == [Exit("api-1", 0, None, True)]
        with pytest.raises(ConnectionRefusedError):
            await system.get(api.address)
        answer = await system.get(stack.gateway.address)
        assert answer.status == 502
        assert "(111: Connection refused) while connecting" in stack.logs["gateway/error.log"].read_text()
        await api.start()
        assert (await system.get(stack.gateway.address)).status == 200
        assert api.state == "running"


async def test_a_paused_api_hangs_and_does_not_refuse(any_engine, system) -> None:
    async with any_engine.launch(system.plan(gateway={"read_timeout": 0.3}), system.exits.append) as stack:
        api = stack.hop("api-1")
        await api.pause()
        assert api.state == "paused"
        with pytest.raises(TimeoutError):
            await system.get(api.address)
        answer = await system.get(stack.gateway.address)
        assert answer.status == 504
        await api.resume()
        assert api.state == "running"
        assert (await system.get(stack.gateway.address)).status == 200
    assert "paused" in stack.logs["system/process.log"].read_text()


async def test_what_dies_by_itself_is_restarted(any_engine, system) -> None:
    async with any_engine.launch(system.plan(restart={"delay": 0.2}), system.exits.append) as stack:
        api = stack.hop("api-1")
        await api.kill("SIGKILL", restart=True)
        assert api.state == "restarting"
        with pytest.raises(ConnectionRefusedError):
            await system.get(api.address)
        await api.settle()
        assert (await system.get(api.address)).status == 200
        assert system.exits == [Exit("api-1", None, "SIGKILL", True)]
    log = stack.logs["system/process.log"].read_text()
    assert "exited on signal 9 (SIGKILL)" in log
    assert "api-1: restarting in 0.2 s (restart 1)" in log


async def test_a_kill_without_restart_is_final(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        api = stack.hop("api-1")
        await api.kill("SIGKILL")
        assert api.state == "failed"
        await api.settle()
        assert api.state == "failed"
        await api.start()
        assert (await system.get(stack.gateway.address)).status == 200


async def test_an_armed_fault_is_there_from_the_first_request_on(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        api = stack.hop("api-1")
        api.expect_death(True)
        api.arm({"name": "maintenance", "retry_after": 7})
        await api.kill("SIGKILL", restart=True)
        await api.settle()
        assert (await system.get(api.address, "/products")).status == 503
        api.arm(None)
        await api.kill("SIGKILL", restart=True)
        await api.settle()
        assert (await system.get(api.address, "/products")).status == 200


async def test_control_reaches_the_admin_listener(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        state = await stack.hop("api-1").control("GET", "/state")
        assert state["name"] == "api-1"
        with pytest.raises(LabError, match="400"):
            await stack.hop("api-1").control("POST", "/faults", {"name": "no-such-fault"})
        with pytest.raises(LabError, match="no admin listener"):
            await stack.gateway.control("GET", "/state")
        await stack.hop("payments").stop()
        with pytest.raises(LabError, match="does not answer"):
            await stack.hop("payments").control("GET", "/state")


async def test_the_maintenance_lock(any_engine, system) -> None:
    async with any_engine.launch(system.plan(gateway={"retry_after": 33}), system.exits.append) as stack:
        before = await system.get(stack.gateway.address)
        assert "retry-after" not in before.headers
        stack.gateway.lock(True)
        locked = await system.get(stack.gateway.address, "/products", "X-Request-Id: locked-1")
        assert (locked.status, locked.headers["retry-after"]) == (503, "33")
        assert locked.headers["x-request-id"] == "locked-1"
        assert "locked-1" not in stack.logs["api-1/app.log"].read_text()
        stack.gateway.lock(False)
        assert (await system.get(stack.gateway.address)).status == 200


async def test_a_good_configuration_is_in_force_when_set_conf_returns(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        await stack.hop("api-1").pause()
        await stack.gateway.set_conf(read_timeout=0.2)
        for _ in range(3):
            assert (await system.get(stack.gateway.address)).status == 504
    assert "reloaded" in stack.logs["system/process.log"].read_text()
    assert not system.exits or all(exit_.asked for exit_ in system.exits)


async def test_a_broken_configuration_changes_nothing(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        before = (stack.logs["gateway/error.log"].parents[2] / "conf" / "nginx.conf").read_text()
        with pytest.raises(LabError, match="nonsense"):
            await stack.gateway.set_conf(next_upstream="nonsense")
        with pytest.raises(LabError, match="no setting called reed_timeout"):
            await stack.gateway.set_conf(reed_timeout=1)
        assert (stack.logs["gateway/error.log"].parents[2] / "conf" / "nginx.conf").read_text() == before
        assert (await system.get(stack.gateway.address)).status == 200
        assert "nonsense" not in stack.logs["gateway/error.log"].read_text()


async def test_inspect_shows_what_is_there(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        (row,) = await stack.inspect("proc", "api-1")
        assert (row["unit"], row["state"], row["restarts"], row["last_exit"]) == ("api-1", "running", 0, None)
        assert row["listening"] == str(stack.hop("api-1").address)
        assert row["rss_mb"] > 1
        assert 0 <= row["uptime_s"] < 30
        sockets = await stack.inspect("sock", "api-1")
        assert str(stack.hop("api-1").address) in {row["local"] for row in sockets if row["state"] == "LISTEN"}
        await stack.hop("api-1").pause()
        waiting = [await asyncio.open_connection(*stack.hop("api-1").address) for _ in range(3)]
        sockets = await stack.inspect("sock", "api-1")
        (listener,) = (row for row in sockets if row["local"] == str(stack.hop("api-1").address))
        assert listener["recv_q"] in (3, None)
        for _, writer in waiting:
            writer.close()
            await writer.wait_closed()
        await stack.hop("api-1").stop()
        (row,) = await stack.inspect("proc", "api-1")
        assert (row["state"], row["pid"], row["last_exit"]) == ("stopped", None, row["last_exit"])
        assert await stack.inspect("sock", "api-1") == []


async def test_two_stacks_do_not_meet(any_engine, system) -> None:
    first_plan, second_plan = system.plan("one"), system.plan("two", replicas=2)
    async with (
        any_engine.launch(first_plan, system.exits.append) as one,
        any_engine.launch(second_plan, system.exits.append) as two,
    ):
        assert not {hop.address for hop in one.hops.values()} & {hop.address for hop in two.hops.values()}
        await one.hop("api-1").stop()
        assert (await system.get(one.gateway.address)).status == 502
        assert (await system.get(two.gateway.address)).status == 200
        assert set(two.hops) == {"gateway", "api-1", "api-2", "payments"}


async def test_names_that_are_not_there(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        with pytest.raises(LabError, match="no hop called 'api-9'"):
            stack.hop("api-9")
        with pytest.raises(LabError, match="cannot be inspected"):
            await stack.inspect("weather", "api-1")
        with pytest.raises(LabError, match="no signal called"):
            await stack.hop("api-1").kill("SIGNIFICANT")


async def test_what_injectors_need_is_offered(any_engine) -> None:
    assert {"signals", "pause", "gateway-lock", "app-faults"} <= any_engine.offers()


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(LabError, match="no engine called 'steam'"):
        open_engine("steam")
