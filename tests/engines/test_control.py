from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import h11
import pytest

from lab.engines import control
from lab.engines.base import Address


@asynccontextmanager
async def admin(answer: bytes | None, seen: list[bytes]) -> AsyncIterator[Address]:
    """A listener that gives this answer to any request; None: none at all, until it is closed."""
    closing = asyncio.Event()

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.read(65536))
        if answer is None:
            await closing.wait()
        else:
            writer.write(answer)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    async with server:
        yield Address(*server.sockets[0].getsockname())
        closing.set()


def response(status: str, body: bytes) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def test_a_call_carries_the_token_and_the_body() -> None:
    seen: list[bytes] = []
    async with admin(response("200 OK", b'{"a": 1}'), seen) as address:
        assert await control.call(address, "secret", "POST", "/faults", {"name": "slow"}) == (200, {"a": 1})
    assert seen[0].startswith(b"POST /faults HTTP/1.1\r\n")
    assert b"Authorization: Bearer secret\r\n" in seen[0]
    assert b'{"name": "slow"}' in seen[0]


async def test_an_answer_to_the_end_of_the_connection() -> None:
    async with admin(b'HTTP/1.0 200 OK\r\n\r\n{"b": 2}', []) as address:
        assert await control.call(address, "t", "GET", "/state") == (200, {"b": 2})


@pytest.mark.parametrize("body", [b"", b"text", b"[1]"])
async def test_a_body_that_is_no_object_is_none(body: bytes) -> None:
    async with admin(response("503 Busy", body), []) as address:
        assert await control.call(address, "t", "GET", "/") == (503, {})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", ConnectionResetError),
        (b"HTTP/1.1 20", ConnectionResetError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", h11.RemoteProtocolError),
        (b"SSH-2.0-x\r\n\r\n", h11.RemoteProtocolError),
    ],
)
async def test_a_broken_answer_is_an_error(answer: bytes, error: type[Exception]) -> None:
    async with admin(answer, []) as address:
        with pytest.raises(error):
            await control.call(address, "t", "GET", "/")


async def test_silence_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "TIMEOUT", 0.1)
    async with admin(None, []) as address:
        with pytest.raises(TimeoutError):
            await control.call(address, "t", "GET", "/")
