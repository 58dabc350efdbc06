"""A plan, an engine, and a client that needs nothing of the lab."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lab.engines import ENGINES, open_engine
from lab.engines.base import Address, Engine, Exit, Plan
from lab.engines.process.engine import ProcessEngine

STAND_IN = Path(__file__).parent / "stand_in"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class System:
    """What the tests need at hand: plans, exits that were told, requests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exits: list[Exit] = []

    def plan(self, name: str = "round-1", **more: Any) -> Plan:
        # The mark of its processes, so no other test that runs meanwhile may have it.
        name = f"{name}-{secrets.token_hex(3)}"
        folder = self.folder / name
        folder.mkdir()
        given: dict[str, Any] = {
            "replicas": 1, "gateway": {}, "api": {}, "restart": {"delay": 0.05}, "routes": {}, "seed": 1,
        }  # fmt: skip
        return Plan(round=name, folder=folder, **(given | more))

    @staticmethod
    async def get(address: Address, path: str = "/health", *headers: str, source: str | None = None) -> Answer:
        """One GET. Raises OSError when it is refused, TimeoutError after a second without an answer."""
        async with asyncio.timeout(1):
            local = (source, 0) if source else None
            reader, writer = await asyncio.open_connection(*address, local_addr=local)
            try:
                lines = [f"GET {path} HTTP/1.1", "Host: shop", "Connection: close", *headers, "", ""]
                writer.write("\r\n".join(lines).encode())
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
        if not head:
            raise ConnectionResetError("closed without an answer")
        first, *rest = head.decode().split("\r\n")
        fields = dict(line.split(": ", 1) for line in rest)
        return Answer(int(first.split()[1]), {name.lower(): value for name, value in fields.items()}, body)

    async def until(self, condition: Callable[[], Any], timeout: float = 5.0) -> None:
        async with asyncio.timeout(timeout):
            while not condition():  # noqa: ASYNC110 - other processes set no events
                await asyncio.sleep(0.005)


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


_NEEDS = {"process": pytest.mark.nginx, "compose": pytest.mark.docker}


@pytest.fixture(params=[pytest.param(name, marks=_NEEDS[name]) for name in sorted(ENGINES)])
async def any_engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    """Each engine of the registry."""
    async with open_engine(request.param) as engine:
        yield engine


@pytest.fixture
async def engine() -> AsyncIterator[ProcessEngine]:
    async with ProcessEngine() as engine:
        yield engine


@pytest.fixture
async def stand_in_engine(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ProcessEngine]:
    """An engine whose applications are those of `stand_in/odd_applications.py`."""
    monkeypatch.setenv("PYTHONPATH", str(STAND_IN))
    async with ProcessEngine(serve="odd_applications") as engine:
        yield engine
