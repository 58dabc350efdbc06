"""The lab's own addresses and ports, and the lock that keeps two labs apart."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lab.engines.base import Address
from lab.errors import LabError

LINUX: bool = sys.platform == "linux"

SLOTS = range(1, 255)
"""The numbers of which each lab holds one."""

MORE_PORTS = 20
"""How many ports above the usual one are tried."""

_FIRST_PORT = 20_000
_PORTS_PER_SLOT = 48
# 20,048 to 32,239: below the ephemeral ranges of Linux (32768-60999) and macOS (49152-65535), because a port of a
# stopped hop must not be taken by somebody's outgoing connection.


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything of one lab listens.

    Attributes:
        n: the lab's number.
        gateway: nginx.
        apis: the replicas, `api-1` first.
        api_admins: their admin listeners, in the same order.
        payments: the dependency.
        payments_admin: its admin listener.
        clients: addresses that the lab's clients may bind; empty where a lab has none of its own.
        links: hop → where its peers reach it over a link; its own address is the far end of that.
        control: where the links are controlled; None where there are none.
    """

    n: int
    gateway: Address
    apis: tuple[Address, ...]
    api_admins: tuple[Address, ...]
    payments: Address
    payments_admin: Address
    clients: tuple[str, ...]
    links: Mapping[str, Address] = field(default_factory=dict)
    control: Address | None = None

    def all(self) -> tuple[Address, ...]:
        """Every address on which the lab listens."""
        links = (*self.links.values(), *((self.control,) if self.control else ()))
        return (self.gateway, *self.apis, *self.api_admins, self.payments, self.payments_admin, *links)


def has_own() -> bool:
    """Whether a lab can have addresses of its own: only Linux binds all of 127.0.0.0/8 without being told."""
    return LINUX


def hold(own: bool) -> tuple[int, socket.socket | int]:
    """Take the lowest number that no other lab on this machine has.

    The lock is atomic across users, and the kernel frees it when its holder dies, however.

    Args:
        own: whether labs have addresses of their own; each kind has its own locks.

    Returns:
        The number and what holds it: a socket, or the descriptor of a locked file where there are no abstract
        sockets. It is free again once that is closed (see `let_go`).

    Raises:
        LabError: when all are taken.
    """
    for n in SLOTS:
        if (holder := _lock(n, own)) is not None:
            return n, holder
    raise LabError(f"{len(SLOTS)} labs run on this machine already.", "Stop some of them: `lab stop --all`.", code=3)


def left_listening(at: Addresses) -> list[Address]:
    """Addresses of a lab that was taken down on which something listens.

    When somebody else has its number by now, whatever listens there is theirs, and nothing is returned.
    """
    if (holder := _lock(at.n, bool(at.clients))) is None:
        return []
    try:
        return [address for address in at.all() if listens(address)]
    finally:
        let_go(holder)


def let_go(holder: socket.socket | int) -> None:
    """Free the number that `hold` took."""
    if isinstance(holder, int):
        os.close(holder)
    else:
        holder.close()


def _lock(n: int, own: bool) -> socket.socket | int | None:
    name = f"badgateway-{'lab' if own else 'ports'}-{n}"
    if LINUX:
        lock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            lock.bind(f"\0{name}")
        except OSError:
            lock.close()
            return None
        return lock
    path = Path(tempfile.gettempdir()) / f"{name}.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:  # another user's
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def choose(n: int, replicas: int, own: bool, linked: Collection[str] = ()) -> Addresses:
    """Addresses and free ports for lab `n`.

    Each port was really bound, so neither a listener on that address nor a stranger's on the wildcard address
    has it. (A stranger's would answer in place of a hop that is stopped.)

    Args:
        n: the lab's number.
        replicas: api processes.
        own: whether labs have addresses of their own.
        linked: the hops that are reached over a link.

    Raises:
        LabError: when one of the usual ports and all that are tried after it are taken.
    """
    if own:
        return _own_addresses(n, replicas, linked)
    return _shared_address(n, replicas, linked)


def _own_addresses(n: int, replicas: int, linked: Collection[str]) -> Addresses:
    net = f"127.77.{n}"
    hosts = [f"{net}.{20 + i}" for i in range(1, replicas + 1)]
    # A link has an address like that of the hop behind it, ten up: to who connects it is the hop.
    links = {f"api-{i}": (f"{net}.{30 + i}", 8000) for i in range(1, replicas + 1)} | {"payments": (f"{net}.50", 8100)}

    def port(host: str, usual: int) -> Address:
        return next(_free(host, range(usual, usual + MORE_PORTS + 1)))

    return Addresses(
        n=n,
        gateway=port(f"{net}.10", 8080),
        apis=tuple(port(host, 8000) for host in hosts),
        api_admins=tuple(port(host, 9000) for host in hosts),
        payments=port(f"{net}.40", 8100),
        payments_admin=port(f"{net}.40", 9000),
        clients=tuple(f"{net}.{last}" for last in range(101, 109)),
        links={hop: port(*links[hop]) for hop in linked},
        control=port(f"{net}.60", 8474) if linked else None,
    )


def _shared_address(n: int, replicas: int, linked: Collection[str]) -> Addresses:
    first = _FIRST_PORT + _PORTS_PER_SLOT * n
    free = _free("127.0.0.1", range(first, first + _PORTS_PER_SLOT))
    return Addresses(
        n=n,
        gateway=next(free),
        apis=tuple(next(free) for _ in range(replicas)),
        api_admins=tuple(next(free) for _ in range(replicas)),
        payments=next(free),
        payments_admin=next(free),
        clients=(),
        links={hop: next(free) for hop in linked},
        control=next(free) if linked else None,
    )


def _free(host: str, ports: range) -> Iterator[Address]:
    """The addresses of that host that can be bound; raises LabError when it runs out of them."""
    for port in ports:
        with suppress(OSError):
            bound(Address(host, port)).close()
            if not has_own():
                # BSD lets a special address be bound beside a stranger's wildcard listener; the wildcard itself not.
                bound(Address("0.0.0.0", port)).close()
            yield Address(host, port)
    raise LabError(
        f"No port of {host} from {ports.start} to {ports.stop - 1} is free.",
        f"See what listens there (ss -ltnp 'sport >= {ports.start}') and stop it.",
        code=3,
    )


def bound(address: Address) -> socket.socket:
    """A TCP socket bound to the address, not listening yet.

    Raises:
        OSError: when somebody else has it.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Without it the connections of a process that is gone would keep its port for a minute.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
    except BaseException:
        sock.close()
        raise
    return sock


def listens(address: Address) -> bool:
    """Whether somebody has the address, seen from the fact that it cannot be bound."""
    try:
        bound(address).close()
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False
