from __future__ import annotations


def test_every_route_but_health_is_down(shop):
    assert shop.fault("maintenance", retry_after=30).json["maintenance"] is True
    for method, path in (("GET", "/products"), ("POST", "/login"), ("GET", "/orders/1"), ("GET", "/nowhere")):
        answer = shop.request(method, path, X_Request_Id="r-1")
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "30"
        assert answer.json == {"error": "down for maintenance", "request_id": "r-1"}
    assert shop.get("/health").status == 200
    assert shop.admin("DELETE", "/faults/maintenance").json["maintenance"] is False
    assert shop.get("/products").status == 200


def test_the_log_says_when(shop):
    shop.fault("maintenance", retry_after=30)
    shop.get("/products", X_Request_Id="r-1")
    shop.admin("DELETE", "/faults/maintenance")
    shop.admin("DELETE", "/faults/maintenance")
    assert [line["event"] for line in shop.lines()[1:]] == [
        "maintenance.on",
        "request.started",
        "request.finished",
        "maintenance.off",
    ]
    assert shop.line("maintenance.on")["retry_after"] == 30
    assert shop.line("request.finished")["status"] == 503
