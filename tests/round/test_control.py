from __future__ import annotations

import asyncio
import json
import stat

import pytest

from lab.errors import LabError
from lab.round.control import ControlServer, call, short_path


async def handle(op, params):
    if op == "fail":
        raise LabError("It is so.", "Do this.", code=2)
    if op == "defect":
        raise KeyError("a defect")
    return {"op": op, **params}


@pytest.fixture
async def socket(tmp_path):
    path = tmp_path / "control.sock"
    async with ControlServer(path, handle):
        yield path


async def ask(path, op, **params):
    return await asyncio.to_thread(call, path, op, params, timeout=5)


async def test_an_operation_is_answered(socket):
    assert await ask(socket, "status", a=1) == {"op": "status", "a": 1}


async def test_an_error_arrives_as_the_same_error(socket):
    with pytest.raises(LabError) as caught:
        await ask(socket, "fail")
    assert (caught.value.what, caught.value.cure, caught.value.code) == ("It is so.", "Do this.", 2)


async def test_a_defect_is_told_and_the_next_call_works(socket, capsys):
    with pytest.raises(LabError, match="defect"):
        await ask(socket, "defect")
    assert "KeyError" in capsys.readouterr().err
    assert await ask(socket, "status") == {"op": "status"}


@pytest.mark.parametrize("line", [b"\n", b"[1]\n", b"{}\n", b"nonsense\n", b'{"op": "x", "params": 3}\n'])
async def test_what_cannot_be_read_is_answered_in_words(socket, line):
    reader, writer = await asyncio.open_unix_connection(str(socket))
    writer.write(line)
    answer = json.loads(await reader.readline())
    writer.close()
    assert "cannot read" in answer["error"]["what"]


async def test_only_its_owner_may_connect(socket):
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600


async def test_a_deep_folder_is_no_obstacle(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    async with ControlServer(deep / "control.sock", handle):
        assert await ask(deep / "control.sock", "status") == {"op": "status"}
    with short_path(deep / "control.sock") as name:
        assert len(name) < 100


async def test_nobody_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        await ask(tmp_path / "control.sock", "status")


async def test_a_call_under_way_is_answered_when_the_server_ends(tmp_path):
    arrived, let_go = asyncio.Event(), asyncio.Event()

    async def slow(op, params):
        arrived.set()
        await let_go.wait()
        return {"op": op}

    path = tmp_path / "control.sock"
    async with ControlServer(path, slow):
        asked = asyncio.create_task(ask(path, "stop"))
        await arrived.wait()
        asyncio.get_running_loop().call_later(0.1, let_go.set)
    assert await asked == {"op": "stop"}
    assert not path.exists()
