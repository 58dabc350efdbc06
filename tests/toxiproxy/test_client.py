"""The client where no server is, or another one than it expects; and what it must leave alone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from lab.toxiproxy.client import ProxyState, ToxicState, Toxiproxy, ToxiproxyError
from lab.toxiproxy.server import Server

ANY = "127.0.0.1:0"
NOWHERE = "127.0.0.1:9"
PROXY = {"name": "p", "listen": "127.0.0.1:7", "upstream": "u:1", "enabled": True, "Logger": {}, "toxics": []}
TOXIC = {"name": "t", "type": "latency", "stream": "upstream", "toxicity": 1, "attributes": {"latency": 1}}


@contextlib.asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[tuple[Toxiproxy, list[bytes]]]:
    """A client of a server that answers each connection with the next of these bytes, and the requests that came."""
    asked: list[bytes] = []
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
        asked.append(head + await reader.readexactly(length))
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield Toxiproxy(*server.sockets[0].getsockname()), asked


def http(status: int, body: Any) -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"HTTP/1.1 %d -\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (status, len(data), data)


async def failure(call: Awaitable[Any]) -> ToxiproxyError:
    with pytest.raises(ToxiproxyError) as caught:
        await call
    assert str(caught.value) == f"{caught.value.what} {caught.value.cure}"
    return caught.value


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A server in the very loop of the test, so a call that blocked the loop would never come back."""
    async with Server(host="127.0.0.1", port=0) as server:
        yield server


def of(server: Server) -> Toxiproxy:
    return Toxiproxy(*server.address, timeout=20)  # the machine may be busy with other tests


async def test_nobody_answers() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        error = await failure(Toxiproxy("127.0.0.1", port).version())
    assert error.what == f"Nobody answers at 127.0.0.1:{port}: connection refused."
    assert error.status is None


async def test_a_host_that_has_no_address() -> None:
    error = await failure(Toxiproxy("no.such.host.invalid", 8474).proxies())
    assert error.what == "Nobody answers at no.such.host.invalid:8474: unknown host."


async def test_a_host_that_is_none() -> None:
    assert (await failure(Toxiproxy("a b", 1).version())).what.startswith("What is at a b:1 is not a Toxiproxy")


async def test_a_server_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Toxiproxy(*silent.getsockname(), timeout=0.1)
        error = await failure(client.proxy("p").disable())
        address = "{}:{}".format(*silent.getsockname())
        assert error.what == f"The Toxiproxy at {address} did not answer within 0.1 s when asked to disable proxy 'p'."


async def test_a_server_that_stops_in_the_middle_of_its_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as half:

        def serve() -> None:
            connection = half.accept()[0]
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
            over.wait()
            connection.close()

        over = threading.Event()
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            error = await failure(Toxiproxy(*half.getsockname(), timeout=0.1).version())
        finally:
            over.set()
            thread.join()
    assert "did not answer within 0.1 s" in error.what


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
async def test_a_server_that_closes_instead(said: bytes) -> None:
    async with answering(said) as (client, _):
        error = await failure(client.reset())
    assert "closed the connection instead of an answer when asked to reset" in error.what


PAGE = b"<html>It works!</html>"


@pytest.mark.parametrize(
    "said",
    [
        b"220 mail.example ESMTP\r\n",
        http(200, PAGE),
        http(404, PAGE),
        http(500, {"message": "no"}),
        http(400, ["x"]),
        http(400, {"error": {"code": 1}}),
        http(200, {"version": 2}),
        http(200, []),
        http(200, b"\xff"),
        http(200, b"[" * 100_000),
        http(200, b""),
        b"HTTP/1.1 302 -\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
    ],
    ids=range(13),
)
async def test_a_server_that_is_not_a_toxiproxy(said: bytes) -> None:
    async with answering(said) as (client, _):
        error = await failure(client.version())
    assert error.what.startswith(f"What is at {client._consumer} is not a Toxiproxy: ")
    assert error.status is None
    assert "control API" in error.cure


def changed(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**base, **changes}.items() if value is not ...}


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        *(changed(PROXY, **{key: wrong}) for key in ("name", "listen", "upstream", "enabled") for wrong in (..., 1)),
        *(changed(PROXY, toxics=wrong) for wrong in (..., None, {}, [1])),
        *(changed(PROXY, toxics=[changed(TOXIC, **{key: ...})]) for key in TOXIC),
        *(changed(PROXY, toxics=[changed(TOXIC, **{key: None})]) for key in TOXIC),
        changed(PROXY, toxics=[changed(TOXIC, stream="sideways")]),
        changed(PROXY, toxics=[changed(TOXIC, toxicity=True)]),
        changed(PROXY, toxics=[changed(TOXIC, attributes={"latency": "1"})]),
        changed(PROXY, toxics=[changed(TOXIC, attributes={"latency": True})]),
    ],
)
async def test_a_proxy_that_is_nonsense(given: Any) -> None:
    async with answering(http(200, given)) as (client, _):
        assert "is not a Toxiproxy" in (await failure(client.proxy("p").state())).what
    async with answering(http(200, {"proxies": [given]})) as (client, _):
        assert "is not a Toxiproxy" in (await failure(client.populate([]))).what
    async with answering(http(200, {"p": given})) as (client, _):
        assert "is not a Toxiproxy" in (await failure(client.proxies())).what


async def test_a_state_as_it_is_read() -> None:
    toxic = changed(TOXIC, stream="UpStream", toxicity=0.5)
    async with answering(http(200, changed(PROXY, toxics=[toxic]))) as (client, _):
        state = await client.proxy("p").state()
    read = ToxicState("t", "latency", "upstream", 0.5, {"latency": 1})
    assert state == ProxyState("p", "127.0.0.1:7", "u:1", True, (read,))
    assert isinstance(state.toxics[0].toxicity, float)


@pytest.mark.parametrize("name", ["", ".", "..", "/", "a/b", "p/toxics", "\ud800"])
@pytest.mark.parametrize(
    "call",
    [
        lambda client, name: client.create(name, ANY, NOWHERE),
        lambda client, name: client.delete(name),
        lambda client, name: client.populate([{"name": "fine", "upstream": NOWHERE}, {"name": name}]),
        lambda client, name: client.proxy("p").remove(name),
        lambda client, name: client.proxy("p").change(name, {}),
        lambda client, name: client.proxy("p").add("noop", {}, name=name),
    ],
)
async def test_a_name_that_no_path_can_hold(
    name: str, call: Callable[[Toxiproxy, str], Awaitable[Any]], server: Server
) -> None:
    client = of(server)
    await client.create("p", ANY, NOWHERE)
    await client.proxy("p").add("noop", {}, name="t")
    assert repr(name) in (await failure(call(client, name))).what
    assert [(one.name, len(one.toxics)) for one in (await client.proxies()).values()] == [("p", 1)], "nothing was done"
    with pytest.raises(ToxiproxyError):
        client.proxy(name)


async def test_numbers_that_json_does_not_have(server: Server) -> None:
    await of(server).create("p", ANY, NOWHERE)
    error = await failure(of(server).proxy("p").add("latency", {}, toxicity=float("nan")))
    assert error.what.startswith("What was given to add toxic 'latency_downstream' to proxy 'p' is no JSON")


async def test_the_environments_proxies_and_passwords_are_not_for_these_calls(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{closed.getsockname()[1]}")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        assert await of(server).version() == "git"
        await of(server).create("p", ANY, NOWHERE)
        await of(server).delete("p")
        async with answering(http(200, {})) as (client, asked):
            await client.proxies()
        assert b"authorization" not in asked[0].lower()


async def test_two_servers_at_a_time_do_not_mix() -> None:
    async with Server(host="127.0.0.1", port=0) as one, Server(host="127.0.0.1", port=0) as other:
        clients = [of(one), of(other)]

        async def play(index: int) -> None:
            client, mine = clients[index % 2], f"{'one' if index % 2 == 0 else 'other'}-{index}"
            await client.create(mine, ANY, NOWHERE)
            handle = client.proxy(mine)
            await handle.add("latency", {"latency": index}, name=mine)
            (toxic,) = (await handle.state()).toxics
            assert (toxic.name, toxic.attributes["latency"]) == (mine, index)
            await handle.disable()

        await asyncio.gather(*(play(index) for index in range(60)))
        for client, prefix in zip(clients, ("one", "other"), strict=True):
            proxies = await client.proxies()
            assert len(proxies) == 30
            assert {name.partition("-")[0] for name in proxies} == {prefix}


async def test_the_librarys_own_class_stays_as_it_is(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from toxiproxy.api import APIConsumer

    monkeypatch.setattr(APIConsumer, "host", "192.0.2.1")
    monkeypatch.setattr(APIConsumer, "port", 1)
    before = dict(vars(APIConsumer))
    await of(server).create("p", ANY, NOWHERE)
    assert list(await of(server).proxies()) == ["p"]
    assert dict(vars(APIConsumer)) == before


async def test_ready_waits_for_a_server_that_comes_later() -> None:
    with socket.socket() as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(("127.0.0.1", 0))  # nobody listens: connects are refused
        client = Toxiproxy(*place.getsockname())
        waiting = asyncio.create_task(client.ready(30))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.2)
        async with await asyncio.start_server(_version_only, sock=place):
            await waiting


async def _version_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(http(200, {"version": "git"}))
    writer.close()


async def test_ready_gives_up_and_says_why() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Toxiproxy(*silent.getsockname(), timeout=60)
        error = await failure(asyncio.wait_for(client.ready(0.2), 30))
    assert error.what.startswith("No Toxiproxy was ready within 0.2 s. The Toxiproxy at ")


async def test_an_ipv6_address() -> None:
    try:
        server = Server(host="::1", port=0)
        async with server:
            client = Toxiproxy("::1", server.address[1])
            assert await client.version() == "git"
            assert "[::1]:" in (await failure(client.delete("p"))).what
    except OSError as error:
        pytest.skip(f"no IPv6 loopback here: {error}")


def test_the_library_is_imported_by_the_first_call_only() -> None:
    program = """
import asyncio, socket, sys
from lab.toxiproxy.client import Toxiproxy, ToxiproxyError
def heavy(): return sorted({"toxiproxy", "requests", "urllib3"} & set(sys.modules))
with socket.socket() as closed:
    closed.bind(("127.0.0.1", 0))
    client = Toxiproxy(*closed.getsockname())
    assert not heavy(), heavy()
    try: asyncio.run(client.version())
    except ToxiproxyError: print(*heavy())
"""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (run.stdout.split(), run.stderr) == (["requests", "toxiproxy", "urllib3"], "")
