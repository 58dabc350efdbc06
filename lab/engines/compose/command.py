"""Runs of the `docker` command, which is how Compose is used."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress

from lab.engines.compose.endpoint import INSTALL
from lab.engines.waiting import to_the_end
from lab.errors import LabError

_COMPOSE = "Install its plugin (the package docker-compose-plugin or docker-compose-v2), or leave --engine out."


async def docker(
    environment: Mapping[str, str], *arguments: str, given: str = "", timeout: float = 60.0
) -> tuple[int, str]:
    """Run a `docker` command: its exit status, and all that it said.

    When this is cancelled, the command is ended first.

    Args:
        environment: its variables; they say which engine.
        arguments: its own.
        given: its standard input.
        timeout: seconds that it may take.

    Raises:
        LabError: when there is no such command, or it takes too long.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            "docker",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
    except FileNotFoundError:
        raise LabError("There is no docker command on this machine.", f"Please {INSTALL}") from None
    try:
        async with asyncio.timeout(timeout):
            said, _ = await process.communicate(given.encode())
    except TimeoutError:
        raise LabError(
            f"`docker {' '.join(arguments[:2])}` did not end within {timeout:g} s.", "Look at `docker ps`.", code=3
        ) from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            await to_the_end(_ended(process))
    assert process.returncode is not None
    return process.returncode, said.decode(errors="replace").strip()


async def compose_version(environment: Mapping[str, str]) -> str:
    """The version of Compose, such as 2.39.4; `dev` where it was built from its module.

    Raises:
        LabError: when Docker has no Compose, or an old one.
    """
    status, said = await docker(environment, "compose", "version", "--short")
    if status or not said:
        raise LabError("Docker has no Compose v2 on this machine (`docker compose version` fails).", _COMPOSE)
    if re.match(r"v?[01]\.", said):
        raise LabError(f"Compose {said} is too old, the lab needs Compose v2.", _COMPOSE)
    return said.removeprefix("v")


async def _ended(process: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(5):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
