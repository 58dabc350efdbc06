"""The two servers that every test of the contract is run against."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import toxi_fleet
import toxiproxy_here
from toxi_api import Api
from toxi_fleet import Fleet, Running
from toxi_wire import Wire

FLEET = Fleet()
BOTH = (pytest.param("real", marks=pytest.mark.toxiproxy), "embedded")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Have the server ready before the test's own marks are set, because it outlives the test."""
    kind = getattr(item, "callspec", None) and item.callspec.params.get("server")
    if kind and (kind != "real" or not toxiproxy_here.missing()):
        FLEET.ready(kind)


@pytest.fixture(scope="session", autouse=True)
def _fleet(_session_mark: None) -> Iterator[None]:
    """Ends the servers before the session is searched for what it left."""
    yield
    FLEET.stop()


@pytest.fixture(params=BOTH)
def server(request: pytest.FixtureRequest) -> Iterator[Running]:
    """An empty server, real and embedded in turn. What it wrote last is told when the test fails."""
    running = FLEET.ready(request.param)
    yield running
    assert running.alive, f"the {running.kind} server died:\n{running.log(40)}"


@pytest.fixture
def api(server: Running) -> Api:
    return server.api


@pytest.fixture
def wire(server: Running) -> Iterator[Wire]:
    """A proxy to an upstream that the test accepts for."""
    wire = Wire(server.api)
    yield wire
    wire.close()
    if server.alive:
        server.api.ask("DELETE", f"/proxies/{wire.name}")


@pytest.fixture
def own() -> Iterator[Running]:
    """An embedded server that no other test uses, for what is measured on the process."""
    running = toxi_fleet.start("embedded")
    yield running
    running.stop()


@pytest.fixture(params=["upstream", "downstream"])
def stream(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["older", "newer"])
def age(request: pytest.FixtureRequest) -> str:
    """Whether the connection is older than the toxic, or newer."""
    return str(request.param)
