"""Routes of the shop: the name of what a request asked for, and the hop that it reached."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ROUTES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("health", "GET", re.compile(r"/health")),
    ("products", "GET", re.compile(r"/products")),
    ("product", "GET", re.compile(r"/products/\d+")),
    ("login", "POST", re.compile(r"/login")),
    ("user", "GET", re.compile(r"/users/\d+")),
    ("orders", "GET", re.compile(r"/orders")),
    ("order", "GET", re.compile(r"/orders/\d+")),
    ("order-create", "POST", re.compile(r"/orders")),
    ("checkout", "POST", re.compile(r"/checkout")),
    ("export", "GET", re.compile(r"/export")),
    ("price-list", "POST", re.compile(r"/price-list")),
)
_API = re.compile(r"(?:127|10)\.77\.\d+\.(?:[23]([1-9]):\d+|60:800([1-9]))")
"""Where the engines put the api's replicas on Linux: the last byte is 20 + the replica's number. Where it is reached
over a link, the process engine has 30 + the number, and the compose engine a port of the one Toxiproxy."""


def route_of(method: str | None, path: str | None) -> str | None:
    """The shop's name for a request, such as `checkout`; None for one that the shop does not know."""
    if not method or not path:
        return None
    bare = path.partition("?")[0]
    wanted = "GET" if method == "HEAD" else method
    return next((name for name, verb, form in _ROUTES if verb == wanted and form.fullmatch(bare)), None)


def hop_of(ua: str | None, addresses: Mapping[str, str] | None = None) -> str:
    """The hop that a request reached last, from `$upstream_addr`.

    `gateway` when it went no further; a replica's name where the address tells it (`addresses`: address → hop),
    else the address itself, or the pool's name that nginx writes when no peer was left.
    """
    if not ua:
        return "gateway"
    last = re.split(r", | : ", ua)[-1]
    if addresses and last in addresses:
        return addresses[last]
    found = _API.fullmatch(last)
    return f"api-{found[1] or found[2]}" if found else last
