"""A proxy under test between a client and an upstream that are both the test's own."""

from __future__ import annotations

import socket
from typing import Any

from toxi_api import Address, Api
from toxi_end import PATIENCE, End, Pair


class Wire:
    """A proxy on a server under test, with an upstream of the test's own.

    Attributes:
        api: the control API.
        name: the proxy's.
        address: where it listens.
    """

    def __init__(self, api: Api, name: str = "wire") -> None:
        self.api = api
        self.name = name
        self._upstream = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.upstream: Address = self._upstream.getsockname()
        self._ends: list[End] = []
        self.address = listening(api.proxy(name, "{}:{}".format(*self.upstream)))

    def toxic(
        self, type: str, stream: str = "downstream", *, name: str = "t", toxicity: float = 1, **given: int
    ) -> Any:
        """Add a toxic; `given` are its attributes."""
        return self.api.toxic(self.name, type, name=name, stream=stream, toxicity=toxicity, attributes=given)

    def patch(self, name: str = "t", *, toxicity: float | None = None, **given: int) -> Any:
        """Change a toxic."""
        more = {} if toxicity is None else {"toxicity": toxicity}
        return self.api.patch(self.name, name, attributes=given, **more)

    def remove(self, name: str = "t") -> None:
        """Delete a toxic."""
        self.api.remove(self.name, name)

    def set(self, **changes: Any) -> Any:
        """Change the proxy."""
        return self.api.ok("PATCH", f"/proxies/{self.name}", changes)

    def client(self, receive: int | None = None) -> End:
        """Connect a client and nothing else; `receive` limits its receive buffer (bytes)."""
        connection = socket.socket()
        if receive:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        connection.settimeout(PATIENCE)
        connection.connect(self.address)
        return self._kept(connection)

    def accept(self) -> End:
        """The server's end of the next connection."""
        self._upstream.settimeout(PATIENCE)
        return self._kept(self._upstream.accept()[0])

    def connect(self, receive: int | None = None) -> Pair:
        """A client, and the server's end that belongs to it."""
        client = self.client(receive)
        return Pair(client, self.accept())

    def under(self, age: str, type: str, stream: str = "downstream", **more: Any) -> Pair:
        """A connection and a toxic: `older` than it, having carried a byte each way, or `newer`."""
        if age == "newer":
            self.toxic(type, stream, **more)
            return self.connect()
        pair = self.connect()
        for sender, receiver in ((pair.client, pair.server), (pair.server, pair.client)):
            sender.send(b".")
            assert receiver.read(1) == b"."
        self.toxic(type, stream, **more)
        return pair

    def refused(self) -> bool:
        """Whether a connect is refused now."""
        try:
            socket.create_connection(self.address, timeout=PATIENCE).close()
        except ConnectionRefusedError:
            return True
        return False

    def upstream_gone(self) -> None:
        """Stop listening: new connects to the upstream are refused, what is accepted lives on."""
        self._upstream.close()

    def forget(self) -> None:
        """Close all ends so far and keep none of them."""
        while self._ends:
            self._ends.pop().close()

    def close(self) -> None:
        """Close everything that the test opened."""
        for end in self._ends:
            end.close()
        self._upstream.close()

    def _kept(self, connection: socket.socket) -> End:
        end = End(connection)
        self._ends.append(end)
        return end


def listening(proxy: dict[str, Any]) -> Address:
    """Where a proxy listens, from what the server says of it."""
    host, _, port = proxy["listen"].rpartition(":")
    return ("127.0.0.1" if host == "[::]" else host, int(port))
