from __future__ import annotations

import asyncio
import errno
import time

import pytest

from lab.traffic.exchange import exchange
from lab.traffic.request import Request
from lab.traffic.talk import Talk

GET = Request("GET", "/products", (("User-Agent", "t"),), route="products", rid="00000000000000aa")
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nServer: nginx\r\n\r\n[]"


async def test_a_good_answer_is_whole(answering):
    before = time.time()
    seen = await exchange(await answering(OK), GET, actor="probe")
    assert (seen.status, seen.reason, seen.error, seen.errno, seen.detail) == (200, "OK", None, None, None)
    assert (seen.body, seen.bytes, seen.complete) == (b"[]", 2, True)
    assert seen.headers == (("content-type", "application/json"), ("content-length", "2"), ("server", "nginx"))
    assert (seen.header("server"), seen.header("retry-after")) == ("nginx", None)
    assert (seen.actor, seen.client, seen.rid, seen.method, seen.path, seen.route) == (
        "probe",
        None,
        "00000000000000aa",
        "GET",
        "/products",
        "products",
    )
    assert before <= seen.at <= time.time()
    assert seen.phases.dns == 0.0
    assert seen.phases.tls is None
    assert seen.phases.tcp is not None
    assert seen.phases.first_byte is not None
    assert 0 < seen.phases.tcp < seen.phases.first_byte <= seen.phases.total < 5


async def test_the_request_arrives_as_it_was_made(serve):
    got = asyncio.get_running_loop().create_future()

    async def handler(reader, writer):
        got.set_result(
            (await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(3), writer.get_extra_info("peername"))
        )
        writer.write(OK)
        await writer.drain()

    address = await serve(handler)
    request = Request("POST", "/orders?user=1", (("User-Agent", "shop/1"),), b"abc", "order-create", "0123456789abcdef")
    seen = await exchange(address, request, source="127.0.0.1")
    wire, peer = await got
    assert (
        wire
        == (
            f"POST /orders?user=1 HTTP/1.1\r\nHost: 127.0.0.1:{address[1]}\r\nUser-Agent: shop/1\r\n"
            "X-Request-Id: 0123456789abcdef\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
        ).encode()
    )
    assert peer[0] == seen.client == "127.0.0.1"


async def test_nothing_listens_is_refused(closed_port):
    seen = await exchange(closed_port, GET)
    assert (seen.error, seen.errno, seen.status, seen.complete) == ("refused", errno.ECONNREFUSED, None, False)
    assert seen.phases.tcp is None
    assert seen.detail == f"Connection refused while connecting to 127.0.0.1:{closed_port[1]}."


async def test_a_reset_is_a_reset(serve, reset):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        reset(writer)

    seen = await exchange(await serve(handler), GET)
    assert (seen.error, seen.errno, seen.status) == ("reset", errno.ECONNRESET, None)
    assert seen.phases.tcp is not None
    assert seen.phases.first_byte is None
    assert "waiting for the first byte" in (seen.detail or "")


async def test_a_reset_in_the_body_keeps_the_status(serve, reset):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 300)
        await writer.drain()
        await asyncio.sleep(0.1)
        reset(writer)

    seen = await exchange(await serve(handler), GET)
    assert (seen.error, seen.errno, seen.status, seen.bytes, seen.complete) == ("reset", 104, 200, 300, False)
    assert "reading the body" in (seen.detail or "")


async def test_a_whole_answer_before_a_reset_is_fine(serve, reset):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await writer.drain()
        reset(writer)

    seen = await exchange(await serve(handler), GET)
    assert (seen.error, seen.status, seen.complete) == (None, 200, True)


async def test_close_without_a_byte_is_an_empty_reply(answering):
    seen = await exchange(await answering(), GET)
    assert (seen.error, seen.errno, seen.status, seen.bytes) == ("empty reply", None, None, 0)


@pytest.mark.parametrize(
    "greeting",
    [
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"<html>\r\n",
        b"\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 2xx OK\r\n\r\n",
        b"HTTP/1.1 009 No\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"\x00\x00\x12\x04\x00",
        b"\n",
    ],
)
async def test_garbage_is_not_http_at_once_and_never_a_status(answering, greeting):
    """The server keeps the connection open: nobody waits for the end of a header that won't come."""
    seen = await exchange(await answering(greeting, hold=True), GET, timeout=5)
    assert (seen.error, seen.status, seen.reason, seen.complete) == ("not http", None, None, False)
    assert (seen.body, seen.bytes) == (greeting, len(greeting))
    assert seen.phases.total < 2


async def test_garbage_in_single_bytes_is_not_http(answering):
    seen = await exchange(await answering(b"H", b"T", b"T", b"X", pause=0.02, hold=True), GET, timeout=5)
    assert (seen.error, seen.body) == ("not http", b"HTTX")


async def test_a_good_answer_in_single_bytes_is_good(answering):
    seen = await exchange(await answering(*(bytes([byte]) for byte in OK)), GET)
    assert (seen.status, seen.body, seen.complete) == (200, b"[]", True)


@pytest.mark.parametrize("half", [b"HTTP/1", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Le"])
async def test_half_a_header_is_truncated_without_a_status(answering, half):
    seen = await exchange(await answering(half), GET)
    assert (seen.error, seen.status, seen.complete) == ("truncated", None, False)
    assert f"header, after {len(half)} bytes" in (seen.detail or "")


async def test_a_header_that_cannot_be_read_is_a_bad_header(answering):
    seen = await exchange(await answering(b"HTTP/1.1 200 OK\r\nA b: c\x00\r\n\r\n", hold=True), GET, timeout=5)
    assert (seen.error, seen.status) == ("bad header", None)


async def test_a_body_shorter_than_its_length_is_truncated(answering):
    seen = await exchange(await answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 300), GET)
    assert (seen.error, seen.status, seen.bytes, seen.complete) == ("truncated", 200, 300, False)
    assert "300 of 1000 bytes" in (seen.detail or "")


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "bytes_"), [(b"5\r\nhello\r\n", 5), (b"5\r\nhel", 3), (b"", 0), (b"5\r\nhello\r\n0\r\n", 5)]
)
async def test_a_chunked_body_without_its_end_is_truncated(answering, sent, bytes_):
    seen = await exchange(await answering(CHUNKED + sent), GET)
    assert (seen.error, seen.status, seen.bytes, seen.complete) == ("truncated", 200, bytes_, False)


async def test_a_whole_chunked_body_is_complete(answering):
    seen = await exchange(await answering(CHUNKED, b"5\r\nhello\r\n", b"0\r\n\r\n"), GET)
    assert (seen.error, seen.body, seen.complete) == (None, b"hello", True)


async def test_an_invalid_chunk_is_a_bad_body(answering):
    seen = await exchange(await answering(CHUNKED + b"5\r\nhello\r\n", b"zz\r\n"), GET)
    assert (seen.error, seen.status, seen.bytes, seen.complete) == ("bad body", 200, 5, False)


async def test_a_body_that_ends_with_the_connection_is_complete(answering):
    seen = await exchange(await answering(b"HTTP/1.1 200 OK\r\n\r\nabc"), GET)
    assert (seen.error, seen.body, seen.complete) == (None, b"abc", True)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.1 304 Not Modified\r\n\r\n"])
async def test_answers_that_have_no_body_are_complete(answering, answer):
    seen = await exchange(await answering(answer, hold=True), GET, timeout=5)
    assert (seen.error, seen.bytes, seen.complete) == (None, 0, True)


async def test_head_waits_for_no_body(answering):
    seen = await exchange(await answering(OK[:-2], hold=True), Request("HEAD", "/"), timeout=5)
    assert (seen.status, seen.bytes, seen.complete) == (200, 0, True)


async def test_an_interim_answer_is_passed_over(answering):
    seen = await exchange(await answering(b"HTTP/1.1 100 Continue\r\n\r\n", OK), GET)
    assert (seen.status, seen.complete) == (200, True)


async def test_of_a_large_body_all_is_counted_and_the_beginning_kept(answering):
    body = bytes(range(256)) * 1024
    seen = await exchange(await answering(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body), GET)
    assert (seen.bytes, seen.body, seen.complete) == (256 * 1024, body[: 64 * 1024], True)


async def test_timeout_before_a_connection(full_backlog):
    seen = await exchange(full_backlog, GET, timeout=0.3)
    assert (seen.error, seen.errno, seen.status) == ("timeout", errno.ETIMEDOUT, None)
    assert seen.phases.tcp is None
    assert 0.25 < seen.phases.total < 3
    assert "connecting to 127.0.0.1:" in (seen.detail or "")


async def test_timeout_before_the_first_byte(answering):
    seen = await exchange(await answering(hold=True), GET, timeout=0.3)
    assert (seen.error, seen.errno, seen.status) == ("timeout", None, None)
    assert seen.phases.tcp is not None
    assert seen.phases.first_byte is None
    assert "waiting for the first byte" in (seen.detail or "")


async def test_timeout_in_the_header(answering):
    seen = await exchange(await answering(b"HTTP/1.1 200 OK\r\n", hold=True), GET, timeout=0.3)
    assert (seen.error, seen.status) == ("timeout", None)
    assert seen.phases.first_byte is not None
    assert "reading the header" in (seen.detail or "")


async def test_timeout_in_the_body_keeps_the_status(answering):
    seen = await exchange(
        await answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", hold=True), GET, timeout=0.3
    )
    assert (seen.error, seen.status, seen.body, seen.complete) == ("timeout", 200, b"abc", False)
    assert "reading the body" in (seen.detail or "")


async def test_timeout_while_sending(serve):
    async def handler(reader, writer):
        writer.transport.pause_reading()
        await asyncio.Event().wait()

    seen = await exchange(await serve(handler), Request("POST", "/", body=b"x" * 30_000_000), timeout=0.5)
    assert (seen.error, seen.status) == ("timeout", None)
    assert "sending the request" in (seen.detail or "")


async def test_an_answer_before_the_body_was_sent_is_seen(serve):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.pause_reading()
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        await asyncio.Event().wait()

    seen = await exchange(await serve(handler), Request("POST", "/", body=b"x" * 30_000_000), timeout=5)
    assert (seen.status, seen.error, seen.complete) == (413, None, True)
    assert seen.phases.total < 3


async def test_a_reset_while_a_large_body_is_sent_is_no_empty_reply(serve, reset):
    async def handler(reader, writer):
        await reader.readexactly(1000)
        reset(writer)

    seen = await exchange(await serve(handler), Request("POST", "/", body=b"x" * 30_000_000), timeout=5)
    assert (seen.error, seen.status) == ("reset", None)
    assert seen.errno in (errno.ECONNRESET, errno.EPIPE)


async def test_a_reset_before_the_request_was_sent_is_no_empty_reply(serve, reset, monkeypatch):
    """Sending meets the reset then, and reading sees no more than an end."""
    was_reset = asyncio.Event()

    async def handler(reader, writer):
        reset(writer)
        await asyncio.sleep(0.05)
        was_reset.set()

    connect = Talk._connect

    async def connect_and_wait(*args):
        await connect(*args)
        await asyncio.wait_for(was_reset.wait(), 5)

    monkeypatch.setattr(Talk, "_connect", connect_and_wait)
    seen = await exchange(await serve(handler), GET)
    assert (seen.error, seen.errno, seen.status) == ("reset", errno.ECONNRESET, None)


async def test_patience_counts_from_the_end_of_sending(serve):
    """The request has to be there already when the client hangs up."""
    hung_up = asyncio.get_running_loop().create_future()

    async def handler(reader, writer):
        request = await reader.readuntil(b"\r\n\r\n")
        hung_up.set_result((request, await reader.read()))

    seen = await exchange(await serve(handler), GET, patience=0.1, timeout=5)
    assert (seen.error, seen.status) == ("timeout", None)
    assert 0.1 <= seen.phases.total < 2
    request, rest = await asyncio.wait_for(hung_up, 2)
    assert request.startswith(b"GET /products")
    assert rest == b""


async def test_patience_does_not_outlast_the_timeout(answering):
    seen = await exchange(await answering(hold=True), GET, patience=5, timeout=0.2)
    assert seen.error == "timeout"
    assert seen.phases.total < 2


async def test_phases_of_a_slow_server(answering):
    seen = await exchange(await answering(OK[:-1], OK[-1:], pause=0.2), GET)
    assert seen.phases.tcp is not None
    assert seen.phases.first_byte is not None
    assert seen.phases.tcp < 0.15
    assert 0.2 <= seen.phases.first_byte < 0.38
    assert 0.4 <= seen.phases.total < 1


async def test_a_source_that_is_nobodys_is_said(answering):
    seen = await exchange(await answering(OK), GET, source="192.0.2.1")
    assert (seen.error, seen.errno, seen.status) == ("no address", errno.EADDRNOTAVAIL, None)


async def test_a_name_is_not_resolved(answering):
    _, port = await answering(OK)
    seen = await exchange(("localhost", port), GET)
    assert (seen.error, seen.status, seen.phases.dns, seen.phases.tcp) == ("unresolved", None, None, None)


async def test_a_cancelled_exchange_closes_its_socket(answering, connections_to, until):
    address = await answering(hold=True)
    task = asyncio.create_task(exchange(address, GET))
    await until(lambda: connections_to(address))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert connections_to(address) == 0
