"""What takes a round's containers down, also when nobody is left to ask for it.

A shell that waits at a pipe whose other end only the round's supervisor has: whether that says so or dies, however,
the pipe ends, and the shell runs `docker compose down`. It is a session of its own, so no Ctrl-C reaches it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from lab.engines.compose.labels import CLIENT, PROJECT

GRACE = 1
"""Seconds that programs have to end politely."""
_PATIENCE = 30.0

# Of what a launch left that failed half-way Compose may know nothing, so all goes by label in the end. And an owner
# that died while it launched has left a command behind that goes on making containers.
_SCRIPT = """
read -r word
mine="label=$1=$3"
sweep() {
    for left in $(docker ps --all --quiet --filter "$mine"); do docker rm --force --volumes "$left"; done
    for net in $(docker network ls --quiet --filter "$mine"); do docker network rm "$net"; done
}
for net in $(docker network ls --quiet --filter "$mine" --filter "label=$2"); do docker network rm "$net" & done
docker compose --project-name "$3" down --volumes --remove-orphans --timeout "$4"
wait
sweep
[ "$word" = down ] || for again in 1 2 3 4 5; do sleep 1; sweep; done
"""


class Guardian:
    """A guardian, waiting.

    Args:
        environment: of `docker` commands.
        project: what it looks after.
    """

    def __init__(self, environment: Mapping[str, str], project: str) -> None:
        self._environment = environment
        self._project = project
        self._process: asyncio.subprocess.Process | None = None

    async def open(self) -> None:
        """Start it."""
        self._process = await asyncio.create_subprocess_exec(
            "sh", "-c", _SCRIPT, "sh", PROJECT, CLIENT, self._project, str(GRACE),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            env=self._environment, cwd="/", start_new_session=True,
        )  # fmt: skip

    async def down(self) -> None:
        """Have everything taken down, and wait until that is done."""
        if self._process is None:
            return
        assert self._process.stdin
        with suppress(ConnectionError):
            self._process.stdin.write(b"down\n")
            await self._process.stdin.drain()
        self._process.stdin.close()
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
