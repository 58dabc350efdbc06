"""The faults in force in one application."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from aiohttp import web

from lab.upstream.call import Call
from lab.upstream.faults import FAULTS
from lab.upstream.faults.base import Application, Fault, Proceed
from lab.upstream.faults.params import BadParams, Params


class Active:
    """Puts faults in and takes them out; each name is in force at most once."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._faults: dict[str, tuple[Fault, dict[str, Any]]] = {}

    def put_in(self, name: str, given: Mapping[str, Any]) -> None:
        """Bring a fault into force, in place of an earlier one of that name.

        Raises:
            BadParams: when there is no such fault, or it does not take these parameters; nothing changed then.
        """
        params = Params(name, given)
        fault = _kind(name)(params, self._application)
        params.done()
        if name in self._faults:
            self.take_out(name)
        self._faults[name] = fault, params.read
        fault.put_in()

    def take_out(self, name: str) -> None:
        """End a fault; one that is known but not in force is none to end.

        Raises:
            BadParams: when there is no such fault.
        """
        _kind(name)
        if found := self._faults.pop(name, None):
            found[0].taken_out()

    def shown(self) -> dict[str, dict[str, Any]]:
        """The names of those in force, with their parameters."""
        return {name: params for name, (_, params) in self._faults.items()}

    async def around(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Handle a request inside all that are in force, the first outermost."""
        for fault, _ in reversed(self._faults.values()):
            proceed = partial(fault.around, call, proceed)
        return await proceed()


def _kind(name: str) -> type[Fault]:
    if name not in FAULTS:
        raise BadParams(f"there is no fault called {name!r}; expected one of {', '.join(FAULTS)}")
    return FAULTS[name]
