"""What the zygote is asked for, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from lab.engines.base import Address


@dataclass(frozen=True, slots=True)
class Order:
    """One process to be started.

    Attributes:
        key: its name among all that the zygote started: `<stack>/<unit>`. Free again once the process is gone.
        round: the round's name; the process carries it as a mark.
        folder: its working directory.
        output: the file to which its stdout and stderr are appended.
        files: how many descriptors it may have.
        listen: where it listens; the sockets are opened for it and handed over.
        settings: of an application that the forked child serves.
        argv: a program to run in its place, with the sockets named in the variable NGINX.
    """

    key: str
    round: str
    folder: str
    output: str
    files: int
    listen: tuple[Address, ...] = ()
    settings: Mapping[str, Any] | None = None
    argv: tuple[str, ...] = ()

    def with_settings(self, **settings: Any) -> Order:
        """The same order with further settings."""
        return replace(self, settings={**(self.settings or {}), **settings})

    def as_json(self) -> dict[str, Any]:
        """What travels to the zygote."""
        return asdict(self)

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Order:
        """The order that `as_json` made."""
        listen = tuple(Address(*address) for address in given["listen"])
        return cls(**{**given, "listen": listen, "argv": tuple(given["argv"])})


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that is gone, with all of its process group; its ports are closed.

    Attributes:
        key: the order's.
        pid: the process's.
        code: its exit code, None when a signal ended it.
        signal: the signal's name, None when it exited by itself.
    """

    key: str
    pid: int
    code: int | None
    signal: str | None
