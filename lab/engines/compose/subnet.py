"""The addresses of one round: a network of 10.77.n, in which every hop has its usual place.

Everything is reached at its container's own address, which on Linux this machine can do and others can't: nothing is
published. The lab's clients are processes of this machine; each has the address of a small network that nobody else is
in, and the gateway's answers find their way back to it because it is an address of the host.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lab.engines.base import Address
from lab.errors import LabError

NUMBERS = range(1, 255)
CLIENTS = 8

_LOCK = "\0badgateway-net-{}"
"""An abstract socket: atomic across users."""
_ROUTES = Path("/proc/net/route")
_WIDEST = 8
"""A route of the machine that is as wide as this, or wider, is no neighbour: the way to all of 10.0.0.0/8, say."""


@dataclass(frozen=True, slots=True)
class Subnet:
    """The addresses of one round.

    Attributes:
        n: its number, which no other round on this machine has.
    """

    n: int

    @property
    def hops(self) -> str:
        """The network of the hops."""
        return f"10.77.{self.n}.0/25"

    @property
    def client_nets(self) -> tuple[str, ...]:
        """The networks of the clients; the host is at the first address of each."""
        return tuple(f"10.77.{self.n}.{128 + 4 * k}/30" for k in range(CLIENTS))

    @property
    def clients(self) -> tuple[str, ...]:
        """The addresses of the clients."""
        return tuple(f"10.77.{self.n}.{129 + 4 * k}" for k in range(CLIENTS))

    def hop(self, name: str) -> Address:
        """Where a hop serves."""
        if name == "gateway":
            return Address(f"10.77.{self.n}.10", 8080)
        if name == "payments":
            return Address(f"10.77.{self.n}.40", 8100)
        return Address(f"10.77.{self.n}.{20 + _number(name)}", 8000)

    def admin(self, name: str) -> Address:
        """Where a hop is controlled."""
        return Address(self.hop(name).host, 9000)

    @property
    def toxiproxy(self) -> Address:
        """Where the links are controlled."""
        return Address(f"10.77.{self.n}.60", 8474)

    def link(self, name: str) -> Address:
        """Where the link to a hop begins."""
        return Address(self.toxiproxy.host, 8100 if name == "payments" else 8000 + _number(name))


def _number(api: str) -> int:
    return int(api.removeprefix("api-"))


class Slot:
    """A number that is held until it is closed. The kernel frees it when its holder dies, however.

    Raises:
        BlockingIOError: when somebody else holds it.
    """

    def __init__(self, n: int) -> None:
        self.subnet = Subnet(n)
        self._lock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._lock.bind(_LOCK.format(n))
        except OSError as error:
            self._lock.close()
            raise BlockingIOError(f"{n} is held") from error

    def close(self) -> None:
        """Free the number."""
        self._lock.close()


def is_held(n: int) -> bool:
    """Whether a round that lives has the number."""
    try:
        Slot(n).close()
    except BlockingIOError:
        return True
    return False


def choose(taken: Iterable[str], beyond: int = 0) -> Slot:
    """Hold the lowest number above `beyond` whose addresses nobody has.

    Args:
        taken: the networks of the Docker engine, as text.
        beyond: numbers up to this one were tried and did not do.

    Raises:
        LabError: when there is none.
    """
    used = [*_parsed(taken), *_routes()]
    for n in NUMBERS:
        wanted = ipaddress.ip_network(f"10.77.{n}.0/24")
        if n > beyond and not any(wanted.overlaps(network) for network in used):
            with suppress(BlockingIOError):
                return Slot(n)
    raise LabError(
        "No network of 10.77.1.0/24 to 10.77.254.0/24 is free on this machine.",
        "See what has them (`ip route`, `docker network ls`), and stop rounds that you do not need: `lab stop --all`.",
        code=3,
    )


def _parsed(networks: Iterable[str]) -> list[ipaddress.IPv4Network]:
    found = []
    for network in networks:
        with suppress(ValueError):
            found.append(ipaddress.IPv4Network(network, strict=False))
    return found


def _routes() -> list[ipaddress.IPv4Network]:
    """The networks that this machine has ways to, of proc_net(5): destination and mask are hex, in host order."""
    found = []
    with suppress(OSError):
        for line in _ROUTES.read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            address, mask = (socket.inet_ntoa(struct.pack("=I", int(fields[at], 16))) for at in (1, 7))
            network = ipaddress.IPv4Network(f"{address}/{mask}", strict=False)
            if network.prefixlen > _WIDEST:
                found.append(network)
    return found
