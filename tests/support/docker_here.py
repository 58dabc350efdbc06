"""The Docker engine that the tests of the containers run on, and whether it has to be there."""

from __future__ import annotations

import os
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

REQUIRED = os.environ.get("LAB_REQUIRE_DOCKER") == "1"
"""Whether a test that needs an engine fails, instead of being skipped, where there is none."""

OFFLINE = ROOT / ".images" / "offline.env"
"""The names of the images that `make images-offline` made; where it is missing, the published ones are used."""


def missing() -> str | None:
    """Why no test can use an engine, in words; None when they can."""
    return _found()


def images() -> dict[str, str]:
    """The variables that choose the images."""
    if not OFFLINE.is_file():
        return {}
    return dict(line.split("=", 1) for line in OFFLINE.read_text(encoding="utf-8").splitlines())


def docker(*arguments: str, timeout: float = 30, **environment: str) -> str:
    """What a docker command prints.

    Args:
        arguments: those of `docker`.
        timeout: seconds it may take.
        environment: variables besides those of this process.

    Raises:
        AssertionError: with the command and all that it said, when it fails.
    """
    run = _run(*arguments, timeout=timeout, **environment)
    assert run.returncode == 0, f"docker {' '.join(arguments)}: exit {run.returncode}\n{run.stdout}{run.stderr}"
    return run.stdout


def _run(*arguments: str, timeout: float, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@cache
def _found() -> str | None:
    try:
        engine = _run("version", "--format", "{{.Server.Version}}", timeout=10)
        compose = _run("compose", "version", "--short", timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return "The containers were not tested: there is no docker command. Install Docker Engine and Compose v2."
    if engine.returncode:
        return "The containers were not tested: no Docker engine answers. Start it; `docker version` tells more."
    # One that was built from its module calls its version `dev`.
    if compose.returncode or re.match(r"v?1\.", compose.stdout):
        return "The containers were not tested: Docker has no Compose v2. Install its plugin (docker-compose-plugin)."
    return None


def left(folder: Path) -> list[str]:
    """Containers, networks and volumes of rounds in a folder; empty where no engine answers."""
    if missing():
        return []
    label, found = f"label=badgateway.folder={folder}", []
    for kind, every in (("container", ("--all",)), ("network", ()), ("volume", ())):
        listed = docker(
            kind, "ls", *every, "--format", "{{.ID}}" if kind != "volume" else "{{.Name}}", "--filter", label
        )
        found += [f"{kind} {id_}" for id_ in listed.split()]
    return found
