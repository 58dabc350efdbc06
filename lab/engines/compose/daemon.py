"""A connection to the Docker engine, and calls of it in plain words when they fail."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from lab.engines.compose.endpoint import address, reach
from lab.engines.waiting import to_the_end
from lab.errors import LabError

if TYPE_CHECKING:
    from docker import APIClient

Result = TypeVar("Result")

_START = "Start it again; then `lab stop --all` removes what is left of the round."
_PATIENCE = 20.0
"""Seconds for one call."""
_CALLS = 24
"""Calls at the same time, from all systems that run on one engine object."""


class Daemon:
    """A connection. The SDK's calls block, so they are made in threads.

    Attributes:
        host: where the engine listens, such as `unix:///var/run/docker.sock`.
        api: the SDK's.
    """

    def __init__(self, host: str, api: APIClient) -> None:
        self.host = host
        self.api = api
        self._threads = ThreadPoolExecutor(_CALLS, thread_name_prefix="docker")

    @classmethod
    def connect(cls) -> Daemon:
        """Connect to the engine that the `docker` command would use.

        Raises:
            LabError: when there is none, it may not be used, or it is another machine's.
        """
        host = address()
        reach(host)
        import docker

        def client() -> APIClient:
            return docker.APIClient(base_url=host, version="auto", timeout=_PATIENCE, num_pools=_CALLS)

        return cls(host, cls.ask("tell its version", client))

    def close(self) -> None:
        """Close the connection."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.api.close()

    async def call(self, what: str, function: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
        """What a function of the SDK returns, called in a thread.

        Args:
            what: is to be done, for messages, such as `start api-1`.
            function: it.
            arguments: its own.
            named: its own.

        Raises:
            LabError: when the engine refuses, does not answer, or has no such thing (any more).
        """
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._threads, lambda: self.ask(what, function, *arguments, **named))
        # Also when this is cancelled: what was begun and is not over would undo what follows.
        await to_the_end(_over(future))
        return future.result()

    @staticmethod
    def ask(what: str, function: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
        """The same in this thread."""
        import docker.errors
        import requests

        try:
            return function(*arguments, **named)
        except docker.errors.NotFound as error:
            raise LabError(
                f"Docker could not {what}: it is not there any more.",
                "Somebody removed it by hand: end the round with `lab stop`, and start another.",
                code=3,
            ) from error
        except docker.errors.APIError as error:
            raise LabError(
                f"Docker refused to {what}: {error.explanation or error}.", "`docker ps -a` may tell more.", code=3
            ) from error
        except (docker.errors.DockerException, requests.RequestException) as error:
            raise LabError(f"The Docker engine does not answer: it was to {what}.", _START, code=3) from error

    def environment(self) -> Mapping[str, str]:
        """The variables for `docker` commands: this engine, and nothing that would choose another project."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COMPOSE_")}
        kept.pop("DOCKER_CONTEXT", None)
        return {**kept, "DOCKER_HOST": self.host}


async def _over(future: asyncio.Future[Any]) -> None:
    await asyncio.wait([future])
