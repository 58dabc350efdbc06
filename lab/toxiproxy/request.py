"""Requests as they come over a connection: keep-alive, pipelining, chunked bodies, `Expect: 100-continue`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

ARRIVE = 15.0
"""Seconds for a request's head, and then for its body, to arrive whole, as the real server has it."""

HEAD = 1 << 20
BODY = 64 << 20
"""Bytes that a head and a body may have."""

_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/(\d)\.(\d)")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Request:
    """A request. Header names are in lower case; the last of several values stays."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class BadRequest(Exception):
    """What came is no request. The text is what is added to the answer's, if anything."""

    def __init__(self, status: int = 400, why: str = "") -> None:
        super().__init__(why)
        self.status = status


class NotSent(Exception):
    """A body did not come in time."""


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: float
) -> tuple[Request | None, bool]:
    """The next request, and whether another may follow; None when the connection ended instead.

    Raises:
        BadRequest: it is none, or too large, or its head did not come in time.
        NotSent: its body did not.
        TimeoutError: nothing came in `wait` seconds.
        IncompleteReadError: the connection ended in the middle.
    """
    async with asyncio.timeout(wait):
        first = await reader.read(1)
    if not first:
        return None, False
    try:
        async with asyncio.timeout(ARRIVE):
            head = first + await reader.readuntil(b"\n")
            while head.strip() and not head.endswith((b"\r\n\r\n", b"\n\n")):
                head += await reader.readuntil(b"\n")
                if len(head) > HEAD:
                    raise BadRequest(431)
    except TimeoutError:
        raise BadRequest from None
    except (asyncio.LimitOverrunError, ValueError):
        raise BadRequest(431) from None
    method, target, newer, headers = _head(head)
    if newer and headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        async with asyncio.timeout(ARRIVE):
            body = await _body(reader, headers)
    except TimeoutError:
        raise NotSent from None
    said = headers.get("connection", "").lower()
    keep = "close" not in said and (newer or "keep-alive" in said)
    return Request(method, target, headers, body), keep


def _head(head: bytes) -> tuple[str, str, bool, dict[str, str]]:
    """Method, target, whether it is HTTP/1.1, and headers."""
    line, *rest = head.decode("latin-1").strip().replace("\r\n", "\n").split("\n")
    match = _LINE.fullmatch(line)
    if not match:
        raise BadRequest
    method, target, major, minor = match.groups()
    if major != "1":
        raise BadRequest(505, ": unsupported protocol version")
    headers: dict[str, str] = {}
    for one in rest:
        name, colon, value = one.partition(":")
        if not colon or not _TOKEN.fullmatch(name):
            raise BadRequest
        name = name.lower()
        if name == "content-length" and headers.get(name, value.strip()) != value.strip():
            raise BadRequest
        headers[name] = value.strip()
    if minor != "0" and "host" not in headers:
        raise BadRequest(why=": missing required Host header")
    return method, target, minor != "0", headers


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "transfer-encoding" in headers:
        if headers["transfer-encoding"].lower() != "chunked":
            raise BadRequest(501)
        return await _chunks(reader)
    length = headers.get("content-length", "0")
    if not re.fullmatch(r"[0-9]{1,18}", length):
        raise BadRequest
    if int(length) > BODY:
        raise BadRequest(413)
    return await reader.readexactly(int(length))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        line = (await reader.readuntil(b"\n")).partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", line):
            raise BadRequest
        size = int(line, 16)
        if len(body) + size > BODY:
            raise BadRequest(413)
        if not size:
            break
        body += await reader.readexactly(size)
        if (await reader.readuntil(b"\n")).strip():
            raise BadRequest
    while (await reader.readuntil(b"\n")).strip():
        pass  # trailers
    return bytes(body)
