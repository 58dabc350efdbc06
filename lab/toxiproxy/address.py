"""Addresses as Go reads, resolves and writes them: host:port, with its words for what is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import os
import re
import socket
import threading
from dataclasses import dataclass
from pathlib import Path


class BadAddress(ValueError):
    """An address that can't be used; the text is Go's."""


@dataclass(frozen=True, slots=True)
class Place:
    """A resolved address. `host` is numeric, or empty for all interfaces (to connect to: this host)."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def canonical(self) -> str:
        """As it reads once it is bound: every spelling of all interfaces is `[::]`."""
        return f"[::]:{self.port}" if self.host in ("", "0.0.0.0", "::") else str(self)


_WORD = re.compile(r"[A-Za-z0-9_-]{1,63}")
_SERVERS = Path("/etc/resolv.conf")


def split(address: str) -> tuple[str, str]:
    """Host and port as they are written; `""` is both empty.

    Raises:
        BadAddress: what is not `host:port` or `[host]:port`.
    """
    if not address:
        return "", ""
    colon = address.rfind(":")
    if colon < 0:
        raise BadAddress(f"address {address}: missing port in address")
    opening = closing = 0
    if address[0] == "[":
        end = address.find("]")
        if end < 0:
            raise BadAddress(f"address {address}: missing ']' in address")
        if end + 1 != colon:
            many = end + 1 < len(address) and address[end + 1] == ":"
            raise BadAddress(f"address {address}: {'too many colons' if many else 'missing port'} in address")
        host, opening, closing = address[1:end], 1, end + 1
    else:
        host = address[:colon]
        if ":" in host:
            raise BadAddress(f"address {address}: too many colons in address")
    for sign, start in (("[", opening), ("]", closing)):
        if sign in address[start:]:
            raise BadAddress(f"address {address}: unexpected '{sign}' in address")
    return host, address[colon + 1 :]


def port_of(text: str) -> int:
    """A port by number or by the name of its service.

    Raises:
        BadAddress: neither.
    """
    if re.fullmatch(r"[+-]?[0-9]*", text):
        number = int(text[:12]) if text.strip("+-") else 0
        if not 0 <= number <= 65535:
            raise BadAddress(f"address {text}: invalid port")
        return number
    try:
        return socket.getservbyname(text.lower(), "tcp")
    except (OSError, UnicodeError):
        raise BadAddress(f"lookup tcp/{text}: unknown port") from None


async def resolve(address: str) -> list[Place]:
    """Every place that an address means, IPv4 first; waits for a name server only where there is a name.

    Raises:
        BadAddress: it can't be read or found.
    """
    host, written = split(address)
    port = port_of(written)
    numeric = _numeric(host)
    if not host or numeric:
        return [Place(numeric, port)]
    if not _is_name(host):
        raise BadAddress(f"lookup {host}: no such host")
    try:
        hosts = await _lookup(host)
    except (OSError, UnicodeError):
        raise BadAddress(f"lookup {host}{_server()}: no such host") from None
    return [Place(one, port) for one in sorted(hosts, key=lambda one: ":" in one)]


async def _lookup(host: str) -> list[str]:
    """Ask the system's resolver, in a thread that nobody has to wait for when the server is closed."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def tell(found: list[str], error: BaseException | None) -> None:
        if not answer.done():
            answer.set_exception(error) if error else answer.set_result(found)

    def ask() -> None:
        found: list[str] = []
        error: BaseException | None = None
        try:
            infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            found = list(dict.fromkeys(str(info[4][0]) for info in infos))
        except (OSError, UnicodeError) as failed:
            error = failed
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(tell, found, error)

    threading.Thread(target=ask, name=f"lookup {host}", daemon=True).start()
    return await answer


def _numeric(host: str) -> str:
    """A numeric address in its usual spelling; empty for a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""


def _is_name(host: str) -> bool:
    """Whether it is worth asking a name server; one that is all digits and dots is not."""
    labels = host.removesuffix(".").split(".")
    return all(map(_WORD.fullmatch, labels)) and any(not (sign.isdigit() or sign == ".") for sign in host)


def _server() -> str:
    """The name server as Go's error has it; nothing where there is none."""
    try:
        lines = _SERVERS.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    servers = [words[1] for line in lines if len(words := line.split()) > 1 and words[0] == "nameserver"]
    return f" on {Place(servers[0], 53)}" if servers else ""


def listening(place: Place, backlog: int = 4096) -> socket.socket:
    """A socket that listens there and does not block.

    Raises:
        BadAddress: the port is taken, or the address is not of this host.
    """
    host, family = place.host, socket.AF_INET6 if ":" in place.host else socket.AF_INET
    if host in ("", "0.0.0.0", "::"):
        host, family = ("::", socket.AF_INET6) if socket.has_dualstack_ipv6() else ("0.0.0.0", socket.AF_INET)
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if host == "::":
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.setblocking(False)
        listener.bind((host, place.port))
        listener.listen(backlog)
    except OSError as error:
        listener.close()
        text = os.strerror(error.errno or errno.EIO)
        raise BadAddress(f"{place}: bind: {text[0].lower()}{text[1:]}") from None
    return listener


def bound(listener: socket.socket) -> str:
    """Where a socket listens, as text."""
    host, port = listener.getsockname()[:2]
    return Place(host, port).canonical
