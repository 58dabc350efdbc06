from __future__ import annotations

import pytest

from lab.upstream.settings import Settings

KEY = Settings("payments", "payments", "app.log", "token").payments_key


def test_a_charge_is_captured_in_about_40_ms(payments):
    charges = set()
    for order in range(1, 6):
        answer = payments.post("/charges", {"amount": 1999, "order": order}, KEY, X_Request_Id=f"r-{order}")
        assert answer.status == 201
        charges.add(answer.json.pop("charge"))
        assert answer.headers["X-Request-Id"] == f"r-{order}"
        finished = payments.line("request.finished", f"r-{order}")
        assert 30 <= finished["ms"] <= 500
        assert finished["route"] == "charges"
        assert finished["hop"] == "payments"
        assert "pool_size" not in finished
    assert len(charges) == 5


def test_health(payments):
    assert payments.get("/health").json == {"status": "ok", "release": "2026.11.3"}


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), ({"amount": 0, "order": 1}, 422), ({"amount": "12", "order": 1}, 422)]
)
def test_a_charge_that_is_none(payments, body, status):
    assert payments.post("/charges", body, KEY).status == status


@pytest.mark.parametrize("key", [None, "another"])
def test_without_the_key_nothing_is_charged(payments, key):
    answer = payments.post("/charges", {"amount": 1999, "order": 1}, key, X_Request_Id="r-1")
    assert (answer.status, answer.json["error"]) == (401, "the key is not valid")
