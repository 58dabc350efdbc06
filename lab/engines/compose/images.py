"""The images that rounds run on: their names, and how they come to be there."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from lab.engines.compose.command import docker
from lab.engines.compose.daemon import Daemon
from lab.errors import LabError
from lab.paths import data_dir

_CHECKOUT = data_dir("proxy").parent
_BUILT_BY = _CHECKOUT / "docker-compose.yml"
_OFFLINE = _CHECKOUT / ".images" / "offline.env"
"""Written by `make images-offline`: the names of the images that it made."""

_PUBLISHED = {
    "LAB_NGINX_IMAGE": "nginx:1.28",
    "LAB_TOXIPROXY_IMAGE": "ghcr.io/shopify/toxiproxy:2.12.0",
    "LAB_API_IMAGE": "badgateway-upstream",
}
"""As in docker-compose.yml; a test compares them."""

_CURE = "Connect to the network, name another image in {variable}, or run `make images-offline` in a checkout."
_MINUTES = 600.0
"""Seconds that a pull or a build may take."""


@dataclass(frozen=True, slots=True)
class Images:
    """The names.

    Attributes:
        nginx: of the gateway, and of what holds the addresses.
        toxiproxy: of the links.
        api: of the applications: Python and their packages. Their code is mounted over the image's.
    """

    nginx: str
    toxiproxy: str
    api: str

    @classmethod
    def chosen(cls) -> Images:
        """By the environment, else those that were made without a network, else the published ones."""
        offline: dict[str, str] = {}
        if _OFFLINE.is_file():
            lines = _OFFLINE.read_text(encoding="utf-8").splitlines()
            offline = {name: value for name, equals, value in (line.partition("=") for line in lines) if equals}
        names = {name: os.environ.get(name) or offline.get(name) or usual for name, usual in _PUBLISHED.items()}
        return cls(names["LAB_NGINX_IMAGE"], names["LAB_TOXIPROXY_IMAGE"], names["LAB_API_IMAGE"])

    def missing(self, daemon: Daemon, *, links: bool) -> dict[str, str]:
        """Variable → image, of those that are not there. Blocks.

        Args:
            daemon: where they have to be.
            links: whether Toxiproxy is needed.
        """
        wanted = {"LAB_NGINX_IMAGE": self.nginx, "LAB_API_IMAGE": self.api}
        if links:
            wanted["LAB_TOXIPROXY_IMAGE"] = self.toxiproxy
        return {name: image for name, image in wanted.items() if not _is_there(daemon, image)}

    async def fetch(self, daemon: Daemon, *, links: bool, progress: Callable[[str], None]) -> None:
        """Pull or build what is missing.

        Args:
            daemon: where they have to be.
            links: whether Toxiproxy is needed.
            progress: told what it does, and how far that is.

        Raises:
            LabError: when one can't be had; it names the image.
        """
        missing = await daemon.call("list its images", self.missing, daemon, links=links)
        for variable, image in missing.items():
            if variable == "LAB_API_IMAGE" and _BUILT_BY.is_file():
                progress(f"building the image {image}, once")
                chosen = ("--env-file", str(_OFFLINE)) if _OFFLINE.is_file() else ()
                how = ("compose", *chosen, "--file", str(_BUILT_BY), "build", "--quiet")
            else:
                progress(f"pulling the image {image}, once")
                how = ("pull", image)
            status, said = await docker(daemon.environment(), *how, timeout=_MINUTES)
            if status:
                last = next((line for line in reversed(said.splitlines()) if line.strip()), f"exit {status}")
                raise LabError(
                    f"There is no image {image} on this machine, and it can't be had: {last.strip()}.",
                    _CURE.format(variable=variable),
                    code=3,
                )


def _is_there(daemon: Daemon, image: str) -> bool:
    from docker.errors import NotFound

    try:
        daemon.ask(f"look for the image {image}", daemon.api.inspect_image, image)
    except LabError as error:
        if isinstance(error.__cause__, NotFound):
            return False
        raise
    return True
