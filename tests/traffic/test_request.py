from __future__ import annotations

import asyncio
import shlex
import shutil

import pytest

from lab.errors import LabError
from lab.traffic.request import Request, as_curl

ADDRESS = ("127.77.1.10", 8080)


def test_what_every_request_has_is_added():
    request = Request("GET", "/", (("User-Agent", "t"),), rid="aa")
    assert request.sent(ADDRESS) == [
        ("Host", "127.77.1.10:8080"),
        ("User-Agent", "t"),
        ("X-Request-Id", "aa"),
        ("Connection", "close"),
    ]


def test_what_was_given_is_not_added_again():
    given = (("host", "shop"), ("x-request-id", "mine"), ("content-length", "99"), ("connection", "keep-alive"))
    assert Request("POST", "/", given, b"abc", rid="aa").sent(ADDRESS) == list(given)


def test_a_post_without_a_body_says_so():
    assert b"\r\nContent-Length: 0\r\n" in Request("POST", "/").wire(ADDRESS)
    assert b"Content-Length" not in Request("GET", "/").wire(ADDRESS)


def test_a_chunked_body_is_framed():
    wire = Request("POST", "/", (("Transfer-Encoding", "chunked"),), b"hello").wire(ADDRESS)
    assert wire.endswith(b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    assert b"Content-Length" not in wire


def test_an_ipv6_host_is_in_brackets():
    assert b"\r\nHost: [::1]:80\r\n" in Request("GET", "/").wire(("::1", 80))


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [("GET", "/\r\nX: y", ()), ("GE\nT", "/", ()), ("GET", "/", (("A", "b\r\nC: d"),)), ("GET", "/", (("A\0", "b"),))],
)
def test_a_line_break_cannot_be_smuggled(method, path, headers):
    with pytest.raises(LabError, match="line break"):
        Request(method, path, headers)


def test_curl_says_the_same_in_few_words():
    request = Request("GET", "/orders?user=3", (("User-Agent", "lab-probe"), ("Accept", "*/*")), rid="00aa")
    assert as_curl(request, ADDRESS, source="127.77.1.101") == (
        "curl -sS -i --interface 127.77.1.101 -A lab-probe -H 'X-Request-Id: 00aa' -H 'Connection: close' "
        "'http://127.77.1.10:8080/orders?user=3'"
    )


def test_curl_survives_the_shell():
    body = b'{"a": "it\'s $HOME `id` \\\\ \n"}'
    request = Request("PATCH", "/a b?x='1'", (("X-Odd", '"it\'s" $(id)'),), body)
    words = shlex.split(as_curl(request, ADDRESS))
    assert words[words.index("--data-raw") + 1].encode() == body
    assert words[words.index("-X") + 1] == "PATCH"
    assert words[words.index("--request-target") + 1] == "/a b?x='1'"
    assert 'X-Odd: "it\'s" $(id)' in words


def test_curl_gets_a_binary_body_from_a_file():
    words = shlex.split(as_curl(Request("POST", "/", body=b"\xff\x00"), ADDRESS))
    assert words[words.index("--data-binary") + 1] == "@body.bin"


CURLED = [
    Request("GET", "/orders?user=3", (("User-Agent", "shop app/1 'x'"), ("Accept", "*/*")), rid="00aa"),
    Request("GET", "/export?user=3", (("Accept", "text/csv"),)),
    Request("GET", "/a/../b/[1]/{2}", ()),
    Request("POST", "/orders", (("Content-Type", "application/json"),), b'{"note": "it\'s $5 \n `id`"}'),
    Request("POST", "/orders", (), b"@file"),
    Request("POST", "/orders"),
    Request("GET", "/orders", (), b"a body"),
    Request("HEAD", "/health"),
    Request("DELETE", "/orders/3", (("X-Empty", ""), ("Host", "shop.example"))),
    Request("POST", "/orders", (("Transfer-Encoding", "chunked"),), b"hello"),
    Request("OPTIONS", "*"),
]


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
@pytest.mark.parametrize("request_", CURLED, ids=lambda r: f"{r.method} {r.path}")
async def test_curl_sends_the_same(serve, request_):
    got = asyncio.get_running_loop().create_future()

    async def handler(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        rest = len(request_.wire(address)) - request_.wire(address).index(b"\r\n\r\n") - 4
        got.set_result((head, await reader.readexactly(rest)))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()

    address = await serve(handler)
    curl = await asyncio.create_subprocess_exec("/bin/sh", "-c", as_curl(request_, address))
    try:
        head, body = await asyncio.wait_for(got, 5)
        assert await asyncio.wait_for(curl.wait(), 5) == 0
    finally:
        if curl.returncode is None:
            curl.kill()
            await curl.wait()
    wanted_head, _, wanted_body = request_.wire(address).partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[0] == wanted_head.split(b"\r\n")[0]
    assert _headers(head) == _headers(wanted_head)
    assert body == wanted_body


def _headers(head: bytes) -> list[tuple[bytes, bytes]]:
    lines = head.strip().split(b"\r\n")[1:]
    return sorted((name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines))
