"""Requests as they come, whole and in the smallest pieces."""

from __future__ import annotations

import asyncio

import pytest

from lab.toxiproxy.http import HttpServer, Response
from lab.toxiproxy.request import Request

OK = b"HTTP/1.1 200 OK\r\n"


async def converse(sent: bytes, size: int = 1 << 16) -> tuple[list[Request], bytes]:
    """Send bytes in pieces and close: what the handler got, and what came back."""
    seen: list[Request] = []

    async def handler(request: Request) -> Response:
        seen.append(request)
        if request.target == "/defect":
            raise RuntimeError("a defect")
        return Response(200, b"{}")

    http = HttpServer(handler)
    server = await asyncio.start_server(http.serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    for at in range(0, len(sent), size):
        writer.write(sent[at : at + size])
        await writer.drain()
        if size < 100:
            await asyncio.sleep(0)
    writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    server.close()
    await http.close()
    return seen, answer


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
async def test_pipelined_requests_with_bodies_of_both_kinds(size: int) -> None:
    one = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    two = b"POST /b HTTP/1.1\nhost: x\ntransfer-encoding: chunked\n\n2;e=1\r\nab\r\n1\r\nc\r\n0\r\nT: 1\r\n\r\n"
    seen, answer = await converse(one + two + one, size)
    assert [(request.target, request.body) for request in seen] == [("/a", b"abc"), ("/b", b"abc"), ("/a", b"abc")]
    assert answer.count(OK) == 3


async def test_a_large_body() -> None:
    body = bytes(10_000_000)
    seen, answer = await converse(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    assert seen[0].body == body
    assert answer.startswith(OK)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 100_000 + b"\r\n\r\n", 431),
        (b"\x16\x03\x01\x02\x00\x01\n\n", 400),
    ],
)
async def test_what_is_no_request(sent: bytes, status: int) -> None:
    seen, answer = await converse(sent)
    assert not seen
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"Connection: close" in answer


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"])
async def test_half_a_request_gets_no_answer(sent: bytes) -> None:
    assert await converse(sent) == ([], b"")


async def test_a_defect_is_500_and_the_next_request_is_served() -> None:
    _, answer = await converse(b"GET /defect HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert OK in answer
