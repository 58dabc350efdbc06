"""One request of a client, the bytes it puts on the wire, and the curl command that does the same."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from lab.errors import LabError

_WITH_LENGTH = ("POST", "PUT", "PATCH")
_INLINE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks.

    Attributes:
        method: sent as it is.
        path: the request target, with its query.
        headers: given ones, in order. Those that every request has are added when it is sent; see `sent`.
        body: its bytes.
        route: the name of the shop's route, or None when the path is none of them.
        rid: the request id, sent as `X-Request-Id`.

    Raises:
        LabError: when a part holds a line break or a NUL, which would make another request of it.
    """

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    route: str | None = None
    rid: str = ""

    def __post_init__(self) -> None:
        for part in (self.method, self.path, *(text for pair in self.headers for text in pair)):
            if any(sign in part for sign in "\r\n\0"):
                raise LabError(f"{part!r} cannot be sent: it holds a line break or a NUL.", "Take it out.", code=2)

    def header(self, name: str) -> str | None:
        """The value of the first given header of that name, in any case, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def sent(self, address: tuple[str, int]) -> list[tuple[str, str]]:
        """All headers as they are sent: the given ones, and those that were not given but are always there."""
        headers = list(self.headers)
        if self.header("Host") is None:
            headers.insert(0, ("Host", _host(address)))
        if self.rid and self.header("X-Request-Id") is None:
            headers.append(("X-Request-Id", self.rid))
        framed = self.header("Content-Length") is not None or self._chunked
        if not framed and (self.body or self.method in _WITH_LENGTH):
            headers.append(("Content-Length", str(len(self.body))))
        if self.header("Connection") is None:
            headers.append(("Connection", "close"))
        return headers

    def wire(self, address: tuple[str, int]) -> bytes:
        """The bytes that are sent. Nothing is corrected: a wrong request goes out as wrong as it was made."""
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in self.sent(address))]
        body = self.body
        if self._chunked:
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
        return "\r\n".join([*lines, "", ""]).encode() + body

    @property
    def _chunked(self) -> bool:
        return (self.header("Transfer-Encoding") or "").lower() == "chunked"


def as_curl(request: Request, address: tuple[str, int], *, source: str | None = None) -> str:
    """The command line by which curl makes the same request, quoted for a shell.

    A body that is not text, or is longer than 64 KiB, is named as the file `body.bin` instead of written out.
    """
    words = ["curl", "-sS", "-i"]
    if source is not None:
        words += ["--interface", source]
    words += _method_words(request)
    for name, value in request.sent(address):
        words += _header_words(request, address, name, value)
    # What curl adds by itself is switched off where the request does not have it.
    if request.header("User-Agent") is None:
        words += ["-A", ""]
    if request.header("Accept") is None:
        words += ["-H", "Accept:"]
    if _body_words(request) and request.header("Content-Type") is None:
        words += ["-H", "Content-Type:"]
    words += _body_words(request)
    target = request.path
    if not target.startswith("/") or any(sign in target for sign in "# "):
        words += ["--request-target", target]
        target = "/"
    if any(sign in target for sign in "[]{}"):
        words.append("-g")
    if "/." in target:
        words.append("--path-as-is")
    return shlex.join([*words, f"http://{_host(address)}{target}"])


def _method_words(request: Request) -> list[str]:
    if request.method == "HEAD" and not request.body:
        return ["-I"]  # with -X HEAD curl would wait for a body
    default = "POST" if _body_words(request) else "GET"
    return [] if request.method == default else ["-X", request.method]


def _header_words(request: Request, address: tuple[str, int], name: str, value: str) -> list[str]:
    """The words for one sent header; none where curl sends it by itself."""
    by_itself = {"host": _host(address), "content-length": str(len(request.body)), "accept": "*/*"}
    if by_itself.get(name.lower()) == value:
        return []
    if name.lower() == "user-agent" and value:
        return ["-A", value]
    return ["-H", f"{name}: {value}" if value else f"{name};"]


def _body_words(request: Request) -> list[str]:
    if not request.body and request.method not in _WITH_LENGTH:
        return []
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or len(request.body) > _INLINE:
        return ["--data-binary", "@body.bin"]
    return ["--data-raw", text]


def _host(address: tuple[str, int]) -> str:
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
