from __future__ import annotations

import pytest

from lab.upstream.settings import Settings

GIVEN = {"kind": "api", "name": "api-1", "log": "app.log", "token": "t", "secret": "s", "database": "shop.sqlite"}


def test_what_is_not_given_has_a_default():
    settings = Settings.parse(GIVEN)
    assert (settings.pool_size, settings.pool_timeout, settings.query_time) == (8, 2.0, 0.0)
    assert settings.payments is settings.source is None


def test_payments_need_neither_database_nor_secret():
    given = {"kind": "payments", "name": "payments", "log": "app.log", "token": "t", "database": None}
    assert Settings.parse(given).database == ""


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"pool": 3}, "unknown settings: pool; known are busy_timeout, database, environment"),
        ({"kind": "edge"}, "kind is api or payments, not 'edge'"),
        ({"token": ""}, "the admin token is empty"),
        ({"secret": ""}, "an api needs a secret and a database"),
        ({"database": None}, "an api needs a secret and a database"),
        ({"pool_size": 0}, "pool_size is at least 1, not 0"),
        ({"query_time": -1}, "pool_timeout, query_time, busy_timeout and query_limit are at least 0"),
        ({"payments_timeout": 0}, "payments_timeout is more than 0"),
    ],
)
def test_impossible_settings_are_refused(changed, says):
    with pytest.raises(ValueError, match=says):
        Settings.parse({**GIVEN, **changed})


def test_missing_settings_are_named():
    with pytest.raises(ValueError, match="missing settings: log, token"):
        Settings.parse({"kind": "api", "name": "api-1"})
