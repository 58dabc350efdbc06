"""Names that a path can't hold: they can be made and listed, and nothing else, until the server is populated anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import toxi_fleet
from toxi_api import Api
from toxi_fleet import Running


@pytest.fixture
def api(server: Running) -> Iterator[Api]:
    """A server of the test's own, because what is made here can't be deleted again."""
    own = toxi_fleet.start(server.kind)
    yield own.api
    own.stop()


@pytest.mark.parametrize("name", ["a/b", ".", "..", "/"])
def test_such_a_name_is_made_and_listed_but_not_addressed(api: Api, name: str) -> None:
    api.proxy(name, enabled=False)
    assert list(api.ok("GET", "/proxies")) == [name]
    written = name.replace("/", "%2F").replace(".", "%2E")
    assert api.ask("GET", f"/proxies/{written}").status in (301, 404)
    assert api.ask("POST", "/proxies", {"name": name, "upstream": "u:1"}).status == 409
