"""The scene of a round: the named request and what went on around it, as reasons need it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lab.logs.line import Line
from lab.logs.record import Record
from lab.logs.route import hop_of, route_of


@dataclass(frozen=True)
class Scene:
    """What a record says about the named request and its company."""

    record: Record

    @cached_property
    def gateway(self) -> Line | None:
        """The named request in the gateway's lab log; None when it never got there."""
        return self._named("gateway-lab")

    @cached_property
    def client(self) -> Line | None:
        """The named request as its client saw it."""
        return self._named("client")

    @property
    def line(self) -> Line | None:
        """The line that most reasons point at."""
        return self.gateway or self.client

    @property
    def said(self) -> dict[str, Any]:
        """The fields of the named request's line in the lab log; empty without one."""
        return dict(self.gateway.fields) if self.gateway else {}

    @property
    def client_said(self) -> dict[str, Any]:
        """The fields of the named request's line in the client's log; empty without one."""
        return dict(self.client.fields) if self.client else {}

    @property
    def status(self) -> str:
        """What the client got: three digits, or `none`."""
        if self.client and "status" in self.client.fields:
            status = self.client.fields["status"]
        else:
            status = self.said.get("status")
        return "none" if status is None else f"{status:03d}" if isinstance(status, int) else str(status)

    def others(self, wanted: Callable[[dict[str, Any]], bool]) -> Line | None:
        """The first request of the incident, other than the named one, that is as `wanted`."""
        return next((line for line in self.requests() if line is not self.gateway and wanted(dict(line.fields))), None)

    def requests(self) -> Iterator[Line]:
        """The incident's requests in the lab log."""
        return (line for line in self.record.incident() if line.kind == "gateway-lab" and line.fields)

    def alike(self, said: dict[str, Any]) -> bool:
        """Whether a request of the lab log ended as the named one."""
        return bool(self.said) and said["status"] == self.said["status"] and said["us"] == self.said["us"]

    def same_route(self, said: dict[str, Any]) -> bool:
        """Whether a request asked for the named one's route."""
        mine = self.client_said.get("route") or route_of(self.said.get("method"), self.said.get("path"))
        return mine is not None and route_of(said["method"], said["path"]) == mine

    def same_hop(self, said: dict[str, Any]) -> bool:
        """Whether a request ended at the same replica as the named one."""
        return hop_of(said["ua"]) == hop_of(self.said.get("ua"))

    def app_line(self, wanted: Callable[[dict[str, Any]], bool]) -> Line | None:
        """The first line of an application's log in the incident that is as `wanted`."""
        lines = (line for line in self.record.incident() if line.kind == "app" and line.fields)
        return next((line for line in lines if wanted(dict(line.fields))), None)

    def _named(self, kind: str) -> Line | None:
        rid = self.record.request_id
        found = (line for line in self.record.lines if line.kind == kind and line.fields.get("rid") == rid)
        return next(found, None)
