"""nginx's error log. Its lines carry no request id; connection, time and request line join them to a request."""

from __future__ import annotations

import re
from typing import Any

from lab.logs.access import split_request
from lab.logs.stamp import read_slashed

_LINE = re.compile(
    r"(?P<time>\d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}) \[(?P<level>[a-z]+)\] "
    r"(?P<pid>\d{1,10})#\d+: (?:\*(?P<conn>\d{1,15}) )?",
    re.ASCII,
)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_TAIL = re.compile(r', (server|request|subrequest|upstream|host|referrer): (?:"([^"]*)"?|([^,]*))')
_CODE = re.compile(r"\((\d{1,3}): ", re.ASCII)

_RESOLVER = re.compile(r"could not be resolved|no resolver defined|while resolving|DNS (error|response)|in DNS ")
_CLIENT = re.compile(
    r"client (prematurely closed|closed connection|timed out|sent|intended to send|SSL certificate)"
    r"|while (reading client|waiting for request|SSL handshaking$|processing HTTP/2)|invalid connection preface"
)
_UPSTREAM_READ = re.compile(r"^(recv|readv)\(\) failed|^upstream ")
_CONFIG = re.compile(
    r"^(host not found in upstream|invalid (URL prefix|port in upstream)|no port in upstream|zero length URI)"
    r"|^could not find named location|redirection cycle| in \S+:\d+$"
)
_SUFFIX = (
    ("while connecting to upstream", "connecting"),
    ("while SSL handshaking to upstream", "ssl handshaking"),
    ("while sending request to upstream", "sending request"),
    ("while reading response header from upstream", "reading header"),
    ("while reading upstream", "reading body"),
    ("while proxying upgraded connection", "reading body"),
)


def parse(text: str) -> dict[str, Any]:
    """`time at level pid conn message errno phase client server method path upstream host`; empty if unreadable.

    `at` is a whole second. `message` ends before the tail `, client: …`; `rcode` is a resolver's own code.
    """
    head = _LINE.match(text)
    at = read_slashed(head["time"]) if head else None
    if not head or at is None:
        return {}
    message, tail = _split(text[head.end() :])
    said = {name: quoted or plain for name, quoted, plain in _TAIL.findall(tail)}
    method, path = split_request(said.get("request", ""))
    errno, rcode = _codes(message)
    return {
        "time": head["time"],
        "at": at,
        "level": head["level"],
        "pid": int(head["pid"]),
        "conn": int(head["conn"]) if head["conn"] else None,
        "message": message,
        "errno": errno,
        "rcode": rcode,
        "phase": phase_of(message, head["level"]),
        "client": tail[len(", client: ") :].partition(",")[0] or None,
        "server": said.get("server") or None,
        "method": method,
        "path": path,
        "upstream": said.get("upstream") or None,
        "host": said.get("host") or None,
    }


def phase_of(message: str, level: str = "error") -> str:
    """The contract's phase of a message without its tail.

    The suffix is nginx's `while …`, with two corrections from measurement: a client that leaves is a client's
    matter whatever nginx was doing (row H1 says "sending request"), and a failed read of the upstream is body
    phase even when nginx blames the sending (row D10).
    """
    if level == "emerg" or _CONFIG.search(message):
        return "config"
    if _RESOLVER.search(message):
        return "resolving"
    if _CLIENT.search(message):
        return "client side"
    for suffix, phase in _SUFFIX:
        if suffix in message:
            return phase
    if message.endswith("while sending to client"):
        return "reading body" if _UPSTREAM_READ.search(message) else "client side"
    return "n.a."


def _split(text: str) -> tuple[str, str]:
    """Message and tail. The tail begins at the first `, client: ` outside of quotes: a client can send those words."""
    start = text.find(", client: ")
    while start != -1:
        if text.count('"', 0, start) % 2 == 0:
            return text[:start], text[start:]
        start = text.find(", client: ", start + 1)
    return text, ""


def _codes(message: str) -> tuple[int | None, int | None]:
    """The errno, or a resolver's code: `(3: Host not found)` is DNS's rcode, while 110 is the resolver's timer."""
    found = _CODE.search(_QUOTED.sub("", message))
    if not found:
        return None, None
    code = int(found[1])
    is_rcode = "DNS error" in message or ("could not be resolved" in message and code != 110)
    return (None, code) if is_rcode else (code, None)
