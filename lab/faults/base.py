"""The protocol of injectors: one precise change that breaks the system, and its undoing."""

from __future__ import annotations

from typing import ClassVar, Protocol

from lab.engines.base import Stack


class Injector(Protocol):
    """A fault. Its fields are its parameters, checked when a scenario is loaded.

    Attributes:
        name: what scenarios call it.
        needs: what the engine has to offer for it.
        kills: hops whose processes it makes die, so their exits are no accident.
    """

    name: ClassVar[str]
    needs: ClassVar[frozenset[str]]

    @property
    def kills(self) -> tuple[str, ...]: ...

    async def inject(self, stack: Stack) -> None: ...

    async def restore(self, stack: Stack) -> None: ...
