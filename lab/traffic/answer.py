"""An answer as it arrives: parsed byte by byte, and honest about what is wrong with it."""

from __future__ import annotations

import re

import h11

BODY_KEPT = 64 * 1024
"""Bytes of a body that are kept; all are counted."""

_HEADER_MOST = 256 * 1024
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [1-9][0-9]{2}(?: [^\r\n]*)?\r?\n")
_START = b"HTTP/1."


class Answer:
    """The answer to one request.

    h11 reads it, but the first line is looked at before: h11 would wait for the end of a header that never
    comes where a server greets with `SSH-2.0-…`, and a garbage line must never be taken for a status.

    Attributes:
        status, reason: of the final answer, or None as long as there was none.
        headers: pairs with names in lower case.
        body: its first 64 KiB; of something that is not HTTP, what came.
        bytes: of the body, all that came.
        complete: whether it ended as it announced.
        problem: what is wrong with it, as one of `empty reply`, `truncated`, `not http`, `bad header`,
            `bad body` and a sentence; None as long as nothing is.
    """

    def __init__(self, method: str) -> None:
        self.status: int | None = None
        self.reason: str | None = None
        self.headers: tuple[tuple[str, str], ...] = ()
        self.body = b""
        self.bytes = 0
        self.complete = False
        self.problem: tuple[str, str] | None = None
        self._received = 0
        self._head: bytes | None = b""  # what came of the first line; None once it was looked at
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEADER_MOST)
        # The request went out as bytes of its own (it may be a wrong one); h11 only has to know whether a
        # body may follow.
        self._http.send(h11.Request(method="HEAD" if method == "HEAD" else "GET", target="/", headers=[("host", "-")]))
        self._http.send(h11.EndOfMessage())

    @property
    def over(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.complete or self.problem is not None

    @property
    def stage(self) -> str:
        """What a client does that still waits for more of it."""
        if not self._received:
            return "waiting for the first byte"
        return "reading the body" if self.status is not None else "reading the header"

    def feed(self, data: bytes) -> None:
        """Take bytes that arrived; `b""` is the end of the connection."""
        self._received += len(data)
        if not data and self.status is None:
            self.problem = self._ended_early()
            return
        if self._head is not None and not self._is_http(data):
            return
        try:
            self._http.receive_data(data)
            self._read()
        except h11.RemoteProtocolError as error:
            self.problem = self._broken(data, str(error))

    def _is_http(self, data: bytes) -> bool:
        """Whether what came so far can be the beginning of an HTTP answer; notes the problem when it cannot."""
        self._head = head = (self._head or b"") + data
        line, end, _ = head.partition(b"\n")
        if end:
            right = _STATUS_LINE.fullmatch(line + end) is not None
            self._head = None if right else head
        else:
            right = head.startswith(_START) if len(head) >= len(_START) else _START.startswith(head)
        if not right:
            self.problem = ("not http", f"The answer does not begin with an HTTP status line: {_shown(line)}.")
            self.body, self.bytes = head[:BODY_KEPT], len(head)
        return right

    def _read(self) -> None:
        while not self.complete:
            event = self._http.next_event()
            if isinstance(event, h11.Response):
                self.status = event.status_code
                self.reason = event.reason.decode("latin-1")
                self.headers = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in event.headers)
            elif isinstance(event, h11.Data):
                self.bytes += len(event.data)
                self.body += bytes(event.data[: BODY_KEPT - len(self.body)])
            elif isinstance(event, h11.EndOfMessage):
                self.complete = True
            elif not isinstance(event, h11.InformationalResponse):
                return  # more has to come

    def _ended_early(self) -> tuple[str, str]:
        if not self._received:
            return "empty reply", "The connection was closed without one byte of an answer."
        return "truncated", f"The connection was closed in the middle of the header, after {self._received} bytes."

    def _broken(self, data: bytes, why: str) -> tuple[str, str]:
        if self.status is None:
            return "bad header", f"The header cannot be read: {why}."
        if not data:
            length = next((value for name, value in self.headers if name == "content-length"), None)
            of = f"{self.bytes} of {length} bytes" if length else f"{self.bytes} bytes, before the last chunk"
            return "truncated", f"The connection was closed after {of} of the body."
        return "bad body", f"The body cannot be read after {self.bytes} bytes: {why}."


def _shown(line: bytes) -> str:
    """The beginning of a line, readable whatever is in it."""
    return repr(line[:48].decode("latin-1").rstrip("\r"))
