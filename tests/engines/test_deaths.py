"""What dies or stands still without having been asked to: what every engine does, and tells, about it."""

from __future__ import annotations

import os
import signal
import sys

import psutil
import pytest

from lab.engines.base import Exit


def running(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def test_nginx_master_killed_takes_its_worker_along(any_engine, system) -> None:
    async with any_engine.launch(system.plan(restart={"delay": 0.3}), system.exits.append) as stack:
        master, worker = await stack.inspect("proc", "gateway")
        os.kill(master["pid"], signal.SIGKILL)
        await system.until(lambda: system.exits)
        assert system.exits == [Exit("gateway", None, "SIGKILL", False)]
        assert stack.gateway.state == "restarting"
        assert not running(worker["pid"])
        with pytest.raises(ConnectionRefusedError):
            await system.get(stack.gateway.address)
        await stack.gateway.settle()
        assert (await system.get(stack.gateway.address)).status == 200


@pytest.mark.alert_expected
async def test_nginx_worker_killed_is_replaced_by_its_master(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        _, worker = await stack.inspect("proc", "gateway")
        os.kill(worker["pid"], signal.SIGKILL)
        assert (await system.get(stack.gateway.address)).status == 200
        assert not system.exits
        assert "exited on signal 9" in stack.logs["gateway/error.log"].read_text()


async def test_a_paused_gateway_hangs_as_a_whole(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        await stack.gateway.pause()
        with pytest.raises(TimeoutError):
            await system.get(stack.gateway.address)
        await stack.gateway.resume()
        assert (await system.get(stack.gateway.address)).status == 200
        await stack.gateway.pause()  # and is taken down paused


async def test_what_is_paused_is_stopped_politely_too(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        for hop in stack.hops.values():
            await hop.pause()
            await hop.stop()
            assert hop.state == "stopped"
        await system.until(lambda: len(system.exits) == 3)
        assert {(exit_.code, exit_.asked) for exit_ in system.exits} == {(0, True)}


async def test_death_by_somebody_elses_hand_is_not_asked_for(any_engine, system) -> None:
    async with any_engine.launch(system.plan(restart={"policy": "never"}), system.exits.append) as stack:
        os.kill(stack.hop("api-1").pid, signal.SIGKILL)
        await system.until(lambda: system.exits)
        assert system.exits == [Exit("api-1", None, "SIGKILL", False)]
        assert stack.hop("api-1").state == "failed"
        stack.hop("payments").expect_death(True)
        os.kill(stack.hop("payments").pid, signal.SIGKILL)
        await system.until(lambda: len(system.exits) == 2)
        assert system.exits[1].asked


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
async def test_every_hop_is_seen_under_its_own_address(any_engine, system) -> None:
    async with any_engine.launch(system.plan(), system.exits.append) as stack:
        await system.get(stack.gateway.address, source=stack.clients[2])
        assert stack.logs["gateway/lab.log"].read_text().split()[1] == stack.clients[2]
        assert f'ua="{stack.hop("api-1").address}"' in stack.logs["gateway/lab.log"].read_text()
