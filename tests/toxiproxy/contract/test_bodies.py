"""Bodies that are refused: each route, each field, each kind of wrong value, and what is left unchanged."""

from __future__ import annotations

import json

import pytest

from toxi_api import Api, Reply
from toxi_fleet import Running

PLAIN = "text/plain; charset=utf-8"
ROUTES = ("/proxies", "/proxies/p", "/proxies/p/toxics", "/proxies/p/toxics/l", "/populate")
KINDS = {
    '"x"': "string",
    "10": "number",
    "1.5": "number 1.5",
    "100.0": "number 100.0",
    "1e3": "number 1e3",
    "99999999999999999999": "number 99999999999999999999",
    "true": "bool",
    "{}": "object",
    "[]": "array",
}
"""A value → what Go's decoder calls it when an integer was wanted; for other types the number itself is left out."""

NO_JSON = [
    (b"", "EOF"),
    (b"  \n", "EOF"),
    (b"{", "unexpected EOF"),
    (b"[1", "unexpected EOF"),
    (b'{"name"', "unexpected EOF"),
    (b'{"name":"a"', "unexpected EOF"),
    (b"tru", "unexpected EOF"),
    (b'"', "unexpected EOF"),
    (b"json", "invalid character 'j' looking for beginning of value"),
    (b"nope", "invalid character 'o' in literal null (expecting 'u')"),
    (b'{"a":1,}', "invalid character '}' looking for beginning of object key string"),
    (b"{a:1}", "invalid character 'a' looking for beginning of object key string"),
    (b'{"a" 1}', "invalid character '1' after object key"),
    (b'{"a":1 "b"}', "invalid character '\"' after object key:value pair"),
    (b"[1 2]", "invalid character '2' after array element"),
    (b'{"a":01}', "invalid character '1' after object key:value pair"),
    (b'{"a":-}', "invalid character '}' in numeric literal"),
    (b'{"a":1.}', "invalid character '}' after decimal point in numeric literal"),
    (b'{"a":1e}', "invalid character '}' in exponent of numeric literal"),
    (b'{"a":"\\x"}', "invalid character 'x' in string escape code"),
    (b'{"a":"\\u00g0"}', "invalid character 'g' in \\u hexadecimal character escape"),
    (b'{"a":"\x01"}', "invalid character '\\x01' in string literal"),
    (b'{"a":"\n"}', "invalid character '\\n' in string literal"),
    (b"'", "invalid character '\\'' looking for beginning of value"),
    (b"NaN", "invalid character 'N' looking for beginning of value"),
    (b"\xef\xbb\xbf{}", "invalid character 'ï' looking for beginning of value"),
    (b"\xff", "invalid character 'ÿ' looking for beginning of value"),
]


def refused(reply: Reply, path: str, text: str) -> None:
    """The reply is the 400 that says this; /populate's has another label and one key more."""
    error = json.dumps(f"bad request body: {text}", ensure_ascii=False).replace("\\u0027", "'")
    error = error.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    if path == "/populate":
        expected = (400, "application/json", f'{{"error":{error},"status":400,"proxies":null}}'.encode())
    else:
        expected = (400, PLAIN, f'{{"error":{error},"status":400}}\n'.encode())
    assert (reply.status, reply.type, reply.body) == expected


@pytest.fixture(autouse=True)
def proxy(api: Api) -> str:
    """What there is to be changed, and must not be."""
    api.proxy(enabled=False)
    api.toxic("p", "latency", name="l", attributes={"latency": 7, "jitter": 3})
    return str(api.ask("GET", "/proxies").body)


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(("body", "text"), NO_JSON)
def test_what_is_not_json(api: Api, proxy: str, path: str, body: bytes, text: str) -> None:
    refused(api.ask("POST", path, body), path, text)
    assert str(api.ask("GET", "/proxies").body) == proxy


UPDATE = 'struct { Attributes interface {} "json:\\"attributes\\""; Toxicity float32 "json:\\"toxicity\\"" }'
WHOLE = {
    "/proxies": "toxiproxy.Proxy",
    "/proxies/p": "toxiproxy.Proxy",
    "/proxies/p/toxics": "toxics.ToxicWrapper",
    "/proxies/p/toxics/l": UPDATE,
    "/populate": '[]struct { toxiproxy.Proxy; Enabled *bool "json:\\"enabled\\"" }',
}


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(("body", "kind"), [("1", "number"), ('"x"', "string"), ("true", "bool"), ("[]", "array")])
def test_json_of_another_kind(api: Api, proxy: str, path: str, body: str, kind: str) -> None:
    if path == "/populate" and kind == "array":
        body, kind = "{}", "object"
    refused(api.ask("POST", path, body), path, f"json: cannot unmarshal {kind} into Go value of type {WHOLE[path]}")
    assert str(api.ask("GET", "/proxies").body) == proxy


FIELDS = {"name": "string", "listen": "string", "upstream": "string", "enabled": "bool", "Logger": "zerolog.Logger"}
RIGHT = {"string": '"x"', "bool": "true", "zerolog.Logger": "{}"}
WRONG = [(field, value) for field, wanted in FIELDS.items() for value in KINDS if value != RIGHT[wanted]]


@pytest.mark.parametrize(("field", "value"), WRONG)
@pytest.mark.parametrize(("method", "path"), [("POST", "/proxies"), ("POST", "/proxies/p"), ("PATCH", "/proxies/p")])
def test_wrong_types_in_a_proxy(api: Api, proxy: str, method: str, path: str, field: str, value: str) -> None:
    wanted = FIELDS[field]
    body = f'{{"name":"n","upstream":"u:1","enabled":false,"{field}":{value}}}'
    kind = KINDS[value].split()[0]
    text = f"json: cannot unmarshal {kind} into Go struct field Proxy.{field} of type {wanted}"
    refused(api.ask(method, path, body), path, text)
    assert str(api.ask("GET", "/proxies").body) == proxy


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_wrong_types_in_populate(server: Running, proxy: str, field: str, value: str) -> None:
    wanted = FIELDS[field]
    body = f'[{{"name":"n","upstream":"u:1","enabled":false,"{field}":{value}}}]'
    text = f"json: cannot unmarshal {KINDS[value].split()[0]} into Go struct field %s of type {wanted}"
    reply = server.api.ask("POST", "/populate", body)
    # Built with Go 1.23 the real one writes `.name`, with 1.26 `.Proxy.name`; which, is no matter of Toxiproxy.
    older = server.kind == "real" and b"field .Proxy." not in reply.body
    refused(reply, "/populate", text % (f".{field}" if older or field == "enabled" else f".Proxy.{field}"))
    assert str(server.api.ask("GET", "/proxies").body) == proxy


NEW = {
    "name": ("string", "string"),
    "type": ("string", "string"),
    "stream": ("string", "string"),
    "toxicity": ("float32", "number"),
    "attributes": ("toxics.NoopToxic", "object"),
}


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field, row in NEW.items() for value, kind in KINDS.items() if kind.split()[0] != row[1]],
)
def test_wrong_types_in_a_new_toxic(api: Api, proxy: str, field: str, value: str) -> None:
    kind, wanted = KINDS[value].split()[0], NEW[field][0]
    body = f'{{"name":"n","type":"latency","{field}":{value}}}'
    text = f"json: cannot unmarshal {kind} into Go struct field ToxicWrapper.{field} of type {wanted}"
    refused(api.ask("POST", "/proxies/p/toxics", body), "/proxies/p/toxics", text)
    assert str(api.ask("GET", "/proxies").body) == proxy


@pytest.mark.parametrize("value", [value for value in KINDS if value != "{}"])
def test_wrong_types_for_the_attributes_of_an_old_toxic(api: Api, proxy: str, value: str) -> None:
    text = (
        f"json: cannot unmarshal {KINDS[value].split()[0]} into Go struct field .attributes of type toxics.LatencyToxic"
    )
    refused(api.ask("PATCH", "/proxies/p/toxics/l", f'{{"attributes":{value}}}'), "", text)
    assert str(api.ask("GET", "/proxies").body) == proxy


@pytest.mark.parametrize("value", ['"x"', "true", "{}", "[]"])
def test_wrong_types_for_the_toxicity_of_an_old_toxic(api: Api, proxy: str, value: str) -> None:
    text = f"json: cannot unmarshal {KINDS[value]} into Go struct field .toxicity of type float32"
    refused(api.ask("PATCH", "/proxies/p/toxics/l", f'{{"toxicity":{value}}}'), "", text)
    assert str(api.ask("GET", "/proxies").body) == proxy


@pytest.mark.parametrize("field", ["name", "type", "stream", "unknown"])
@pytest.mark.parametrize("value", KINDS)
def test_other_fields_of_an_old_toxic_are_not_looked_at(api: Api, proxy: str, field: str, value: str) -> None:
    assert api.ask("PATCH", "/proxies/p/toxics/l", f'{{"{field}":{value}}}').status == 200
    assert str(api.ask("GET", "/proxies").body) == proxy


def test_toxicity_beyond_32_bits_is_refused(api: Api) -> None:
    text = "json: cannot unmarshal number 1e39 into Go struct field {} of type float32"
    new = api.ask("POST", "/proxies/p/toxics", '{"type":"noop","toxicity":1e39}')
    refused(new, "", text.format("ToxicWrapper.toxicity"))
    refused(api.ask("PATCH", "/proxies/p/toxics/l", '{"toxicity":1e39}'), "", text.format(".toxicity"))


ATTRIBUTES = {
    "latency": ("LatencyToxic", "int64", ("latency", "jitter")),
    "bandwidth": ("BandwidthToxic", "int64", ("rate",)),
    "slow_close": ("SlowCloseToxic", "int64", ("delay",)),
    "timeout": ("TimeoutToxic", "int64", ("timeout",)),
    "slicer": ("SlicerToxic", "int", ("average_size", "size_variation", "delay")),
    "limit_data": ("LimitDataToxic", "int64", ("bytes",)),
    "reset_peer": ("ResetToxic", "int64", ("timeout",)),
}


@pytest.mark.parametrize("value", [value for value in KINDS if value != "10"])
@pytest.mark.parametrize(("type", "name"), [(type, name) for type, row in ATTRIBUTES.items() for name in row[2]])
def test_wrong_types_for_attributes(api: Api, type: str, name: str, value: str) -> None:
    struct, wanted, _ = ATTRIBUTES[type]
    api.toxic("p", type, name="old", attributes={name: 5})
    before = api.ask("GET", "/proxies").body
    text = f"json: cannot unmarshal {KINDS[value]} into Go struct field {struct}.attributes.{name} of type {wanted}"
    new = api.ask("POST", "/proxies/p/toxics", f'{{"name":"new","type":"{type}","attributes":{{"{name}":{value}}}}}')
    refused(new, "", text)
    # Together with the refused attribute not even a good toxicity is taken over.
    old = api.ask("PATCH", "/proxies/p/toxics/old", f'{{"attributes":{{"{name}":{value}}},"toxicity":0.5}}')
    refused(old, "", text)
    assert api.ask("GET", "/proxies").body == before


def test_a_refused_change_keeps_the_good_attributes_that_came_with_it(api: Api) -> None:
    body = '{"attributes":{"latency":50,"jitter":"x"},"toxicity":0.5}'
    assert api.ask("PATCH", "/proxies/p/toxics/l", body).status == 400
    toxic = api.ok("GET", "/proxies/p/toxics/l")
    assert toxic["attributes"] == {"latency": 50, "jitter": 3}
    assert toxic["toxicity"] == 1


def test_null_is_no_change(api: Api, proxy: str) -> None:
    for path in ("/proxies/p", "/proxies/p/toxics/l"):
        for body in ("null", "{}", '{"attributes":null,"toxicity":null,"listen":null,"upstream":null,"enabled":null}'):
            assert api.ask("PATCH", path, body).status == 200
    assert api.ask("PATCH", "/proxies/p/toxics/l", '{"attributes":{"latency":null}}').status == 200
    assert str(api.ask("GET", "/proxies").body) == proxy


def test_null_alone_makes_nothing(api: Api) -> None:
    assert api.ask("POST", "/proxies", "null").error == "missing required field: name"
    assert api.ask("POST", "/proxies/p/toxics", "null").error == "invalid toxic type"
