"""Calls of a hop's admin listener. With h11, because the owner's process does without aiohttp."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import h11

from lab.engines.base import Address
from lab.engines.unit import Unit
from lab.errors import LabError

TIMEOUT = 2.0
"""Seconds for a whole call."""


async def call(
    address: Address, token: str, method: str, path: str, body: Mapping[str, Any] | None = None
) -> tuple[int, dict[str, Any]]:
    """The status and the JSON object of the answer; the object is empty when the body holds none.

    Raises:
        OSError: when nobody listens or the connection breaks; TimeoutError, which is one, after two seconds.
        h11.RemoteProtocolError: when the answer is not HTTP.
    """
    async with asyncio.timeout(TIMEOUT):
        reader, writer = await asyncio.open_connection(*address)
        try:
            data = b"" if body is None else json.dumps(body).encode()
            connection = h11.Connection(h11.CLIENT)
            headers = [
                ("Host", str(address)),
                ("Authorization", f"Bearer {token}"),
                ("Content-Length", str(len(data))),
                ("Connection", "close"),
            ]
            if body is not None:
                headers.append(("Content-Type", "application/json"))
            writer.write(connection.send(h11.Request(method=method, target=path, headers=headers)) or b"")
            writer.write(connection.send(h11.Data(data=data)) or b"")
            writer.write(connection.send(h11.EndOfMessage()) or b"")
            return await _answer(connection, reader)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


async def ask(unit: Unit, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """What a unit's admin listener answers.

    Raises:
        LabError: when it has none, does not answer, or refuses.
    """
    if unit.admin is None:
        raise LabError(f"{unit.name} has no admin listener.", "Only the api and payments have one.")
    try:
        status, answer = await call(unit.admin, unit.token, method, path, body)
    except (OSError, h11.RemoteProtocolError) as error:
        raise LabError(
            f"The admin listener of {unit.name} does not answer ({str(error) or type(error).__name__}).",
            f"See whether it runs, and {unit.said}.",
            code=3,
        ) from error
    if status >= 400:
        said = answer.get("error", "no reason given")
        raise LabError(f"{unit.name} refused {method} {path}: {status}, {said}.", "Correct the call.", code=3)
    return answer


async def answers(unit: Unit) -> bool:
    """Whether a unit's admin listener answers at all."""
    assert unit.admin is not None
    try:
        await call(unit.admin, unit.token, "GET", "/state")
    except (OSError, h11.RemoteProtocolError):
        return False
    return True


async def _answer(connection: h11.Connection, reader: asyncio.StreamReader) -> tuple[int, dict[str, Any]]:
    status, body = 0, b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            received = await reader.read(65536)
            if not received and connection.their_state is h11.SEND_RESPONSE:
                raise ConnectionResetError("the connection was closed before an answer")
            connection.receive_data(received)
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            return status, _object(body)


def _object(body: bytes) -> dict[str, Any]:
    with suppress(ValueError):
        parsed = json.loads(body)
        if isinstance(parsed, dict):
            return parsed
    return {}
