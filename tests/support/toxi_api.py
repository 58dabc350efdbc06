"""The control API as bytes: what was asked, and what exactly came back."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

PATIENCE = 20.0
"""Seconds that an ordinary call may take on a machine that is busy with other tests."""

Address = tuple[str, int]


@dataclass(frozen=True)
class Reply:
    """What came back. `headers` have names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def type(self) -> str | None:
        """The Content-Type."""
        return self.headers.get("content-type")

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The text of an error."""
        return str(self.json["error"])

    def __repr__(self) -> str:
        return f"{self.status} {self.type}: {self.body[:400]!r}"


class Api:
    """One server's control API. Each call opens a connection of its own.

    Attributes:
        address: host and port.
    """

    def __init__(self, address: Address) -> None:
        self.address = address

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> Reply:
        """One exchange.

        Args:
            method: such as GET.
            path: the request target, as it stands in the request line.
            body: bytes or text as they are, anything else as JSON; None for no body.
            headers: further ones.
            patience: seconds until `TimeoutError`.
        """
        if body is not None and not isinstance(body, bytes | str):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        connection = http.client.HTTPConnection(*self.address, timeout=patience)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, names, response.read())
        finally:
            connection.close()

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        """The parsed body of a call that has to succeed; None when it has no body."""
        reply = self.ask(method, path, body)
        assert reply.status < 300, f"{method} {path} {body!r}: {reply!r}"
        return reply.json if reply.body else None

    def proxy(self, name: str = "p", upstream: str = "127.0.0.1:9", listen: str = "127.0.0.1:0", **more: Any) -> Any:
        """Create a proxy; what the server says of it."""
        return self.ok("POST", "/proxies", {"name": name, "upstream": upstream, "listen": listen, **more})

    def toxic(self, proxy: str, type: str, *, attributes: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """Add a toxic to a proxy; what the server says of it. `more`: name, stream, toxicity."""
        body = {"type": type, "attributes": dict(attributes or {}), **more}
        return self.ok("POST", f"/proxies/{quote(proxy, safe='')}/toxics", body)

    def patch(self, proxy: str, toxic: str, **changes: Any) -> Any:
        """Change a toxic: `attributes`, `toxicity`."""
        return self.ok("PATCH", f"/proxies/{quote(proxy, safe='')}/toxics/{quote(toxic, safe='')}", changes)

    def remove(self, proxy: str, toxic: str) -> None:
        """Delete a toxic."""
        self.ok("DELETE", f"/proxies/{quote(proxy, safe='')}/toxics/{quote(toxic, safe='')}")

    def clear(self) -> None:
        """Delete every proxy."""
        for name in self.ok("GET", "/proxies"):
            self.ok("DELETE", f"/proxies/{quote(name, safe='')}")

    def raw(self, request: bytes, patience: float = PATIENCE) -> bytes:
        """Send bytes as they are and read until the server closes."""
        with socket.create_connection(self.address, timeout=patience) as connection:
            connection.sendall(request)
            answer = bytearray()
            while chunk := connection.recv(65536):
                answer += chunk
        return bytes(answer)
