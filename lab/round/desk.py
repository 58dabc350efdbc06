"""What the trainee can do to see: probes, readings, mix tables. Each is numbered and kept in looks.log."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from lab.catalog.vocabulary import nearest
from lab.errors import LabError
from lab.logs.line import Look
from lab.logs.mix import mix, mix_in_all, mix_over_time
from lab.logs.reader import read_logs
from lab.logs.selection import Selection
from lab.round.folder import Folder
from lab.round.run import Run
from lab.traffic.probe import fields, probe
from lab.traffic.routes import ROUTES

TOPICS = ("proc", "sock")
MOST_PROBES = 20
MOST_LOOKS = 500
PROBE_PATIENCE = 15.0
"""Seconds."""


class Desk:
    """The trainee's instruments in one round."""

    def __init__(self, run: Run, folder: Folder) -> None:
        self.run = run
        self.folder = folder
        self.looks: list[Look] = []

    def _keep(self, what: str, seen: Mapping[str, Any]) -> Look:
        if len(self.looks) >= MOST_LOOKS:
            raise LabError(f"{MOST_LOOKS} looks have been recorded.", "Read those: they are in looks.log.")
        look = Look(n=len(self.looks) + 1, what=what, fields=dict(seen), at=time.time())
        self.looks.append(look)
        self.folder.append(self.folder.looks, {"n": look.n, "at": look.at, "what": what, **look.fields})
        return look

    async def probe(
        self, path: str, via: str, method: str, headers: Sequence[str], body: str | None, times: int
    ) -> list[dict[str, Any]]:
        """Send requests and keep what came back, one look each.

        A route that needs a token gets a shopper's good one, unless a header of that name is given.
        """
        if not path.startswith("/") or urlsplit(path).netloc:
            raise LabError(f"{path!r} is not a path.", "Give what follows the host, such as /products.", code=2)
        if not 1 <= times <= MOST_PROBES:
            raise LabError(f"{times} probes are not possible.", f"Give 1 to {MOST_PROBES}.", code=2)
        pairs = [_header(text) for text in headers]
        if not any(name.lower() == "authorization" for name, _ in pairs) and _needs_token(path):
            pairs.append(("Authorization", f"Bearer {self.run.tokens['valid']}"))
        if body is not None and not any(name.lower() == "content-type" for name, _ in pairs):
            pairs.append(("Content-Type", "application/json"))
        stack = self.run.stack
        source = stack.clients[0] if stack.clients else None
        seen = await probe(
            stack.hop(via).address,
            method.upper(),
            path,
            tuple(pairs),
            (body or "").encode(),
            source=source,
            timeout=PROBE_PATIENCE,
            times=times,
        )
        sent = {
            "via": via,
            "url": f"http://{stack.hop(via).address}{path}",
            "headers_sent": [f"{name}: {value}" for name, value in pairs],
        }
        return [{"look": self._keep("probe", {**fields(one), **sent}).n, **fields(one), **sent} for one in seen]

    async def inspect(self, topic: str, hop: str) -> dict[str, Any]:
        """Read what the machine knows of a hop."""
        if topic not in TOPICS:
            raise LabError(f"There is nothing to inspect called {topic!r}.", nearest(topic, TOPICS), code=2)
        rows = await self.run.stack.inspect(topic, self.run.stack.hop(hop).name)
        look = self._keep("inspect", {"topic": topic, "hop": hop, "rows": rows})
        return {"look": look.n, "what": topic, "hop": hop, "rows": rows}

    def mix(self, filters: Mapping[str, str], per: float | None) -> dict[str, Any]:
        """The mix of statuses by route and hop, or by time."""
        lines = Selection.parse(filters).of(
            line for log in read_logs(self.folder.path / "logs").values() for line in log
        )
        addresses = {str(hop.address): name for name, hop in self.run.stack.hops.items()}
        rows = mix_over_time(lines, per) if per else mix(lines, addresses)
        seen = {"rows": rows, "all": mix_in_all(lines)}
        return {"look": self._keep("mix", {"filters": dict(filters), "per": per, **seen}).n, **seen}


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or "\n" in text or "\r" in text:
        raise LabError(f"{text!r} is not a header.", "Write it as 'Name: value'.", code=2)
    return name.strip(), value.strip()


def _needs_token(path: str) -> bool:
    return any(route.needs_token and _first(route.template) == _first(path) for route in ROUTES.values())


def _first(path: str) -> str:
    return path.split("?")[0].strip("/").split("/")[0]
