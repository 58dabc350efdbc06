from __future__ import annotations

import pytest

from lab.logs.route import hop_of, route_of


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("GET", "/orders?user=3", "orders"),
        ("GET", "/orders/7", "order"),
        ("POST", "/orders", "order-create"),
        ("GET", "/products/60", "product"),
        ("HEAD", "/health", "health"),
        ("GET", "/wp-admin", None),
        ("DELETE", "/orders", None),
        (None, None, None),
    ],
)
def test_routes(method: str | None, path: str | None, route: str | None) -> None:
    assert route_of(method, path) == route


def test_hops() -> None:
    assert hop_of(None) == hop_of("") == "gateway"
    assert hop_of("127.77.9.22:8001") == "api-2"
    assert hop_of("127.77.9.21:8000, 127.77.9.23:8000") == "api-3"
    assert hop_of("shop_pool") == "shop_pool"
    assert hop_of("127.0.0.1:4000", {"127.0.0.1:4000": "api-1"}) == "api-1"
