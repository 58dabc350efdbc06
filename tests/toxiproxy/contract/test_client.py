"""The lab's own client: every call of it, on both servers, and what it says when a server refuses."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import toxi_fleet
from lab.toxiproxy.client import ProxyState, ToxicState, Toxiproxy, ToxiproxyError
from toxi_end import FIN
from toxi_fleet import Running
from toxi_wire import Wire

ANY = "127.0.0.1:0"
NOWHERE = "127.0.0.1:9"


@pytest.fixture
def client(server: Running) -> Toxiproxy:
    # Longer than by default: the machine may be busy with other tests.
    return Toxiproxy(*server.api.address, timeout=20)


async def failure(call: Awaitable[Any]) -> ToxiproxyError:
    with pytest.raises(ToxiproxyError) as caught:
        await call
    return caught.value


async def test_version_and_ready(client: Toxiproxy) -> None:
    await client.ready(20)
    assert await client.version() == "git"


async def test_a_proxy_from_its_creation_to_its_end(client: Toxiproxy) -> None:
    assert await client.proxies() == {}
    made = await client.create("p", ANY, NOWHERE)
    assert made == ProxyState("p", made.listen, NOWHERE, True, ())
    assert made.listen.startswith("127.0.0.1:") and made.listen != ANY
    asleep = await client.create("asleep", ANY, NOWHERE, enabled=False)
    assert asleep == ProxyState("asleep", ANY, NOWHERE, False, ())
    assert await client.proxies() == {"asleep": asleep, "p": made}
    assert await client.proxy("p").state() == made
    await client.delete("p")
    assert list(await client.proxies()) == ["asleep"]


async def test_disable_and_enable_on_the_wire(client: Toxiproxy, wire: Wire) -> None:
    handle, pair = client.proxy(wire.name), wire.connect()
    await handle.disable()
    assert pair.client.end() == FIN
    assert wire.refused()
    assert not (await handle.state()).enabled
    await handle.enable()
    assert wire.connect()
    assert (await handle.state()).enabled


async def test_update_moves_what_is_given_and_keeps_the_rest(client: Toxiproxy, wire: Wire) -> None:
    handle = client.proxy(wire.name)
    before = await handle.state()
    await handle.add("noop", {}, name="t")
    assert (await handle.update(upstream=NOWHERE)).upstream == NOWHERE
    back = await handle.update(upstream=before.upstream)
    assert (back.listen, [toxic.name for toxic in back.toxics]) == (before.listen, ["t"])
    port = toxi_fleet.free_port()
    moved = await handle.update(listen=f"127.0.0.1:{port}")
    assert (moved.listen, moved.upstream) == (f"127.0.0.1:{port}", before.upstream)
    assert wire.refused()
    wire.address = ("127.0.0.1", port)
    assert wire.connect()
    assert await handle.update() == moved


async def test_toxics_are_added_changed_and_removed_on_the_wire(client: Toxiproxy, wire: Wire, stream: Any) -> None:
    handle, pair = client.proxy(wire.name), wire.connect()
    sender, receiver = pair.flow(stream)
    added = await handle.add("latency", {"latency": 60_000}, name="slow", stream=stream)
    assert added == ToxicState("slow", "latency", stream, 1.0, {"latency": 60_000, "jitter": 0})
    sender.send(b"x")
    assert receiver.quiet(0.2)
    changed = await handle.change("slow", {"jitter": 1, "latency": 0}, toxicity=0.5)
    assert changed == ToxicState("slow", "latency", stream, 0.5, {"latency": 0, "jitter": 1})
    assert await handle.change("slow", {"jitter": 0}) == ToxicState(
        "slow", "latency", stream, 0.5, {"latency": 0, "jitter": 0}
    )
    assert receiver.read(1) == b"x"
    await handle.remove("slow")
    assert await handle.toxics() == ()


async def test_a_toxic_without_a_name_is_named_by_the_server(client: Toxiproxy, wire: Wire) -> None:
    assert (await client.proxy(wire.name).add("limit_data", {"bytes": 7})).name == "limit_data_downstream"
    assert (await client.proxy(wire.name).add("noop", {}, stream="upstream")).name == "noop_upstream"


async def test_toxics_are_listed_in_the_servers_order_and_cleared(client: Toxiproxy, wire: Wire) -> None:
    handle = client.proxy(wire.name)
    await client.create("other", ANY, NOWHERE)
    await client.proxy("other").add("noop", {})
    for name, stream in (("a", "downstream"), ("b", "upstream"), ("c", "downstream")):
        await handle.add("noop", {}, name=name, stream=stream)  # type: ignore[arg-type]
    toxics = await handle.toxics()
    assert [toxic.name for toxic in toxics] == ["b", "a", "c"]
    assert (await handle.state()).toxics == toxics
    await handle.clear()
    assert await handle.toxics() == ()
    assert len(await client.proxy("other").toxics()) == 1, "the toxics of others stay"
    await handle.clear()


async def test_populate_is_one_call_that_leaves_alone_what_is_the_same(client: Toxiproxy) -> None:
    kept = await client.create("kept", ANY, NOWHERE)
    await client.proxy("kept").add("noop", {})
    kept_with_toxic = await client.proxy("kept").state()
    made = await client.populate(
        [
            {"name": "kept", "listen": kept.listen, "upstream": NOWHERE},
            {"name": "new", "listen": ANY, "upstream": NOWHERE, "enabled": False},
        ]
    )
    assert made == (kept_with_toxic, ProxyState("new", ANY, NOWHERE, False, ()))
    assert await client.populate([]) == ()


async def test_reset_enables_all_and_removes_all_toxics(client: Toxiproxy, wire: Wire) -> None:
    handle = client.proxy(wire.name)
    await handle.add("timeout", {})
    await handle.disable()
    await client.reset()
    state = await handle.state()
    assert (state.enabled, state.toxics) == (True, ())


@pytest.mark.parametrize("name", ["a b", "a?b", "a#b", "a%2Fb", "a&b=c", "ä→語", "…", "a;b", "~+", "a\\b", '"', "a\nb"])
async def test_any_other_name_is_quoted(client: Toxiproxy, name: str) -> None:
    await client.create("a", ANY, NOWHERE)
    made = await client.create(name, ANY, NOWHERE)
    handle = client.proxy(name)
    await handle.add("noop", {}, name=name)
    assert (await handle.change(name, {})).name == name
    assert [toxic.name for toxic in (await handle.state()).toxics] == [name]
    await handle.remove(name)
    await handle.disable()
    assert (await client.proxies())["a"].enabled, "what was meant for one did not reach the other"
    await handle.enable()
    assert await handle.state() == made
    await client.delete(name)
    assert list(await client.proxies()) == ["a"]


P = "proxy 'p'"
NO_PROXY = "there is no such proxy"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda client: client.delete("p"), f"delete {P}"),
        (lambda client: client.proxy("p").state(), f"show {P}"),
        (lambda client: client.proxy("p").enable(), f"enable {P}"),
        (lambda client: client.proxy("p").disable(), f"disable {P}"),
        (lambda client: client.proxy("p").update(listen=ANY), f"change {P}"),
        (lambda client: client.proxy("p").toxics(), f"list the toxics of {P}"),
        (lambda client: client.proxy("p").add("noop", {}), f"add toxic 'noop_downstream' to {P}"),
        (lambda client: client.proxy("p").change("t", {}), f"change toxic 't' of {P}"),
        (lambda client: client.proxy("p").remove("t"), f"remove toxic 't' of {P}"),
        (lambda client: client.proxy("p").clear(), f"list the toxics of {P}"),
    ],
)
async def test_an_unknown_proxy(
    server: Running, client: Toxiproxy, call: Callable[[Toxiproxy], Awaitable[Any]], words: str
) -> None:
    error = await failure(call(client))
    assert error.what == "The Toxiproxy at {}:{} can't {}: {}.".format(*server.api.address, words, NO_PROXY)
    assert error.status == 404


@pytest.mark.parametrize("call", ["change", "remove"])
async def test_an_unknown_toxic(client: Toxiproxy, wire: Wire, call: str) -> None:
    handle = client.proxy(wire.name)
    error = await failure(handle.remove("t") if call == "remove" else handle.change("t", {}))
    assert error.what.endswith(f"can't {call} toxic 't' of proxy 'wire': it has no such toxic.")
    assert error.status == 404


async def test_a_name_that_is_taken(client: Toxiproxy, wire: Wire) -> None:
    error = await failure(client.create(wire.name, ANY, NOWHERE))
    assert error.what.endswith("can't create proxy 'wire': that name is taken.")
    assert "delete the proxy" in error.cure
    await client.proxy(wire.name).add("noop", {}, name="t")
    error = await failure(client.proxy(wire.name).add("latency", {}, name="t", stream="upstream"))
    assert error.what.endswith("can't add toxic 't' to proxy 'wire': that name is taken.")
    assert (error.status, "remove the toxic" in error.cure) == (409, True)


@pytest.mark.parametrize(
    ("type_", "given", "text"),
    [
        ("none", {}, "invalid toxic type"),
        ("latency", {"latency": 0.5}, "cannot unmarshal number 0.5 into Go struct field"),
        ("latency", {"latency": True}, "cannot unmarshal bool into Go struct field"),
        ("bandwidth", {"rate": "fast"}, "cannot unmarshal string into Go struct field"),
        ("bandwidth", {"rate": 1 << 70}, "cannot unmarshal number 1180591620717411303424"),
    ],
)
async def test_bad_attributes_in_the_servers_words(
    client: Toxiproxy, wire: Wire, type_: str, given: dict[str, Any], text: str
) -> None:
    error = await failure(client.proxy(wire.name).add(type_, given))
    assert "can't add toxic" in error.what and text in error.what
    assert (error.status, "integer" in error.cure) == (400, True)


async def test_a_stream_that_is_none(client: Toxiproxy, wire: Wire) -> None:
    error = await failure(client.proxy(wire.name).add("noop", {}, stream="sideways"))  # type: ignore[arg-type]
    assert "stream was invalid, can be either upstream or downstream" in error.what


async def test_a_listen_address_that_can_not_be_had(client: Toxiproxy, wire: Wire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = "{}:{}".format(*other.getsockname())
        for call in (
            client.create("p", taken, NOWHERE),
            client.proxy(wire.name).update(listen=taken),
            client.proxy(wire.name).enable(),
            client.reset(),
            client.populate([{"name": "p", "listen": taken, "upstream": NOWHERE}]),
        ):
            error = await failure(call)
            assert f"listen tcp {taken}: bind: address already in use." in error.what
            assert (error.status, "free" in error.cure) == (500, True)
    assert "missing port" in (await failure(client.create("p", "nowhere", NOWHERE))).what


async def test_populate_that_is_refused(client: Toxiproxy) -> None:
    entries = [{"name": "p", "listen": ANY, "upstream": NOWHERE}, {"name": "q", "listen": ANY}]
    error = await failure(client.populate(entries))
    assert "can't populate: missing required field: upstream at proxy 2." in error.what
    assert await client.proxies() == {}


async def test_two_servers_of_any_kind_do_not_mix(server: Running, client: Toxiproxy, own: Running) -> None:
    clients = [client, Toxiproxy(*own.api.address, timeout=20)]

    async def play(index: int) -> None:
        one, name = clients[index % 2], f"{'ab'[index % 2]}{index}"
        made = await one.create(name, ANY, NOWHERE)
        await one.proxy(name).add("bandwidth", {"rate": index}, name=name)
        state = await one.proxy(name).state()
        assert (state.listen, state.toxics[0].name, state.toxics[0].attributes) == (made.listen, name, {"rate": index})
        await one.proxy(name).clear()

    await asyncio.gather(*(play(index) for index in range(40)))
    for letter, one in zip("ab", clients, strict=True):
        assert {name[0] for name in await one.proxies()} == {letter}
