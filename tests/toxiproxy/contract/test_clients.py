"""Client libraries of other people, in three languages: every call they have."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from toxi_fleet import Running

CLIENTS = Path(__file__).parents[1] / "clients"
GO_PLACES = os.pathsep.join(["/usr/local/go/bin", "/usr/lib/go/bin", "/opt/homebrew/bin"])


def run(*argv: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in argv],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )


def calls(server: Running, *argv: str | Path) -> int:
    """How many calls did what they should; all of them, or the program's words are the failure's."""
    result = run(*argv, "{}:{}".format(*server.api.address))
    assert result.returncode == 0, f"after {result.stdout.split()[-2:]}:\n{result.stderr}"
    return len(result.stdout.splitlines())


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    if not found or run(found, "-e", "require('toxiproxy-node-client')").returncode:
        pytest.skip("Node or its package toxiproxy-node-client is not here (NODE_PATH says where packages are).")
    return found


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built from what Go has in its cache: tools/get-toxiproxy brings it there."""
    found = shutil.which("go") or shutil.which("go", path=GO_PLACES)
    program = tmp_path_factory.mktemp("go") / "client"
    if not found or run(found, "-C", CLIENTS / "go", "build", "-o", program, ".", GOPROXY="off").returncode:
        pytest.skip("Go or its module github.com/Shopify/toxiproxy/v2 is not here (tools/get-toxiproxy fetches it).")
    return program


def test_node(server: Running, node: str) -> None:
    assert calls(server, node, CLIENTS / "node_client.js") == 15


def test_go(server: Running, go: Path) -> None:
    assert calls(server, go) == 21


def test_python(server: Running) -> None:
    assert calls(server, sys.executable, CLIENTS / "python_client.py") == 20
