"""Toxics as resources: made, listed, shown, changed, deleted, with every byte of the answers."""

from __future__ import annotations

import json

import pytest

from toxi_api import Api

JSON = "application/json"
PLAIN = "text/plain; charset=utf-8"
PATH = "/proxies/p/toxics"
TYPES = {
    "latency": ("latency", "jitter"),
    "bandwidth": ("rate",),
    "slow_close": ("delay",),
    "timeout": ("timeout",),
    "slicer": ("average_size", "size_variation", "delay"),
    "limit_data": ("bytes",),
    "reset_peer": ("timeout",),
    "noop": (),
}
BAD_STREAM = b'{"error":"stream was invalid, can be either upstream or downstream","status":400}\n'


@pytest.fixture(autouse=True)
def proxy(api: Api) -> None:
    api.proxy()


def text(type: str, name: str, stream: str = "downstream", toxicity: str = "1", **given: int) -> bytes:
    attributes = ",".join(f'"{key}":{given.get(key, 0)}' for key in TYPES[type])
    ending = f'"name":"{name}","type":"{type}","stream":"{stream}","toxicity":{toxicity}}}'
    return f'{{"attributes":{{{attributes}}},{ending}'.encode()


@pytest.mark.parametrize("type", TYPES)
def test_defaults_to_the_byte(api: Api, type: str) -> None:
    reply = api.ask("POST", PATH, {"type": type})
    expected = text(type, f"{type}_downstream")
    assert (reply.status, reply.type, reply.body) == (200, JSON, expected)
    shown = api.ask("GET", f"{PATH}/{type}_downstream")
    assert (shown.status, shown.type, shown.body) == (200, JSON, expected)
    listed = api.ask("GET", PATH)
    assert (listed.status, listed.type, listed.body) == (200, JSON, b"[" + expected + b"]")


@pytest.mark.parametrize("type", TYPES)
def test_everything_given_to_the_byte(api: Api, type: str) -> None:
    given = {key: 1000 + index for index, key in enumerate(TYPES[type])}
    body = {"toxicity": 0.25, "stream": "upstream", "attributes": {**given, "unknown": "x"}, "name": "n", "type": type}
    expected = text(type, "n", "upstream", "0.25", **given)
    assert api.ask("POST", PATH, body).body == expected
    assert api.ask("GET", f"{PATH}/n").body == expected


@pytest.mark.parametrize("method", ["PATCH", "POST"])
@pytest.mark.parametrize("type", TYPES)
def test_changing_takes_what_is_given_and_keeps_the_rest(api: Api, type: str, method: str) -> None:
    given = {key: 1000 + index for index, key in enumerate(TYPES[type])}
    api.toxic("p", type, name="n", attributes=given)
    assert api.ask(method, f"{PATH}/n", b"{}").body == text(type, "n", **given)
    for key in TYPES[type]:
        given[key] += 5000
        reply = api.ask(method, f"{PATH}/n", {"attributes": {key: given[key]}})
        assert (reply.status, reply.type, reply.body) == (200, JSON, text(type, "n", **given))
    changed = {"toxicity": 0.5, "name": "other", "type": "noop", "stream": "upstream"}
    assert api.ask(method, f"{PATH}/n", changed).body == text(type, "n", toxicity="0.5", **given)
    assert api.ask("GET", f"{PATH}/n").body == text(type, "n", toxicity="0.5", **given)


def test_deleting_is_204_and_bare(api: Api) -> None:
    api.toxic("p", "noop", name="n")
    reply = api.ask("DELETE", f"{PATH}/n")
    assert (reply.status, reply.type, reply.body) == (204, None, b"")
    assert api.ask("GET", PATH).body == b"[]"


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_an_unknown_toxic_is_404_before_the_body_is_looked_at(api: Api, method: str) -> None:
    reply = api.ask(method, f"{PATH}/none", b"no json" if method in ("POST", "PATCH") else None)
    assert (reply.status, reply.type, reply.body) == (404, PLAIN, b'{"error":"toxic not found","status":404}\n')


def test_a_name_is_taken_once_in_both_streams(api: Api) -> None:
    api.toxic("p", "latency", name="n", stream="upstream")
    for stream in ("upstream", "downstream"):
        reply = api.ask("POST", PATH, {"type": "noop", "name": "n", "stream": stream})
        assert (reply.status, reply.type) == (409, PLAIN)
        assert reply.body == b'{"error":"toxic already exists","status":409}\n'
    assert [toxic["type"] for toxic in api.ok("GET", PATH)] == ["latency"]


def test_default_names_are_those_of_their_stream(api: Api) -> None:
    assert api.ok("POST", PATH, {"type": "latency"})["name"] == "latency_downstream"
    assert api.ok("POST", PATH, {"type": "latency", "stream": "upstream", "name": ""})["name"] == "latency_upstream"
    assert api.ask("POST", PATH, {"type": "latency", "name": None}).status == 409


@pytest.mark.parametrize("type", ["", "none", "Latency", "LATENCY", "latency ", None])
def test_a_bad_type(api: Api, type: str | None) -> None:
    reply = api.ask("POST", PATH, {"type": type})
    assert (reply.status, reply.type) == (400, PLAIN)
    assert reply.body == b'{"error":"invalid toxic type","status":400}\n'


@pytest.mark.parametrize("stream", ["", "none", "both", " upstream", "down"])
def test_a_bad_stream(api: Api, stream: str) -> None:
    reply = api.ask("POST", PATH, {"type": "latency", "stream": stream})
    assert (reply.status, reply.type, reply.body) == (400, PLAIN, BAD_STREAM)


@pytest.mark.parametrize("stream", ["UpStream", "UPSTREAM", "Downstream"])
def test_a_stream_in_any_case_is_echoed(api: Api, stream: str) -> None:
    assert api.ask("POST", PATH, {"type": "noop", "stream": stream}).body == text("noop", f"noop_{stream}", stream)


def test_the_order_of_checks(api: Api) -> None:
    api.toxic("p", "noop", name="n")
    for body, error in [
        ('{"stream":"x","type":"x","name":1', "unexpected EOF"),
        ('{"stream":"x","type":"x","name":"n","attributes":{"latency":"x"}}', "stream was invalid"),
        ('{"type":"x","name":"n","attributes":{"latency":"x"}}', "invalid toxic type"),
        ('{"type":"latency","name":"n","attributes":{"latency":"x"}}', "toxic already exists"),
        ('{"type":"latency","name":"m","attributes":{"latency":"x"}}', "cannot unmarshal string"),
    ]:
        assert error in api.ask("POST", PATH, body).error


def test_upstream_comes_first_then_in_order_of_creation(api: Api) -> None:
    for name, stream in [("d1", "downstream"), ("u2", "upstream"), ("d0", "downstream"), ("u1", "upstream")]:
        api.toxic("p", "noop", name=name, stream=stream)
    assert [toxic["name"] for toxic in api.ok("GET", PATH)] == ["u2", "u1", "d1", "d0"]
    assert [toxic["name"] for toxic in api.ok("GET", "/proxies/p")["toxics"]] == ["u2", "u1", "d1", "d0"]
    api.patch("p", "u2", toxicity=0.5)
    api.remove("p", "d1")
    api.toxic("p", "noop", name="d1")
    assert [toxic["name"] for toxic in api.ok("GET", PATH)] == ["u2", "u1", "d0", "d1"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("0", "0"),
        ("1.0", "1"),
        ("0.333333333333", "0.33333334"),
        ("0.1", "0.1"),
        ("-1", "-1"),
        ("2", "2"),
        ("1e3", "1000"),
        ("1e-7", "1e-7"),
        ("1e-6", "0.000001"),
        ("1e20", "100000000000000000000"),
        ("1e21", "1e+21"),
        ("16777217", "16777216"),
        ("null", "1"),
    ],
)
def test_toxicity_is_a_32_bit_float_of_any_value(api: Api, given: str, shown: str) -> None:
    reply = api.ask("POST", PATH, f'{{"type":"noop","name":"n","toxicity":{given}}}')
    assert (reply.status, reply.body) == (200, text("noop", "n", toxicity=shown))
    assert api.ask("PATCH", f"{PATH}/n", b"{}").body == text("noop", "n", toxicity=shown)
    assert api.ask("PATCH", f"{PATH}/n", f'{{"toxicity":{given}}}').body == text("noop", "n", toxicity=shown)


@pytest.mark.parametrize("value", [0, -1, 2**31, 2**63 - 1, -(2**63)])
def test_attributes_are_integers_of_any_value(api: Api, value: int) -> None:
    # Only stored here: no connection is open.
    for type, names in TYPES.items():
        given = dict.fromkeys(names, value)
        reply = api.ask("POST", PATH, {"type": type, "name": type, "attributes": given})
        assert reply.body == text(type, type, **given)


def test_toxics_can_be_added_to_a_disabled_proxy_and_outlive_its_changes(api: Api) -> None:
    api.ok("PATCH", "/proxies/p", {"enabled": False})
    api.toxic("p", "latency", name="n", attributes={"latency": 5})
    for change in ({"enabled": True}, {"upstream": "127.0.0.1:10"}, {"listen": "127.0.0.1:0"}, {"enabled": False}):
        assert [toxic["name"] for toxic in api.ok("PATCH", "/proxies/p", change)["toxics"]] == ["n"]
    assert api.ask("GET", f"{PATH}/n").body == text("latency", "n", latency=5)


def test_keys_in_any_case(api: Api) -> None:
    body = '{"TYPE":"latency","Name":"n","STREAM":"upstream","Toxicity":0.5,"ATTRIBUTES":{"LATENCY":5,"Jitter":6}}'
    expected = text("latency", "n", "upstream", "0.5", latency=5, jitter=6)
    assert api.ask("POST", PATH, body).body == expected
    assert json.loads(expected) == api.ok("GET", f"{PATH}/n")
    assert api.ok("PATCH", f"{PATH}/n", {"ATTRIBUTES": {"LaTency": 9}})["attributes"]["latency"] == 9
