from __future__ import annotations

import time

import pytest

from lab.upstream import auth


def test_a_token_says_who_asks():
    token, expires = auth.issue("secret", 7)
    assert auth.check("secret", token) == 7
    assert expires == pytest.approx(time.time() + 3600, abs=2)


@pytest.mark.parametrize(
    "token", ["", ".", "..", "1", "1.2", "a.2.x", "1.b.x", "1.9999999999.", "\u00b2.1.x", "1.1.\xfc"]
)
def test_a_malformed_token_is_no_good(token):
    with pytest.raises(auth.BadToken, match="malformed"):
        auth.check("secret", token)


def test_another_users_signature_is_wrong():
    token, _ = auth.issue("secret", 7)
    with pytest.raises(auth.BadToken, match="signature"):
        auth.check("secret", "8" + token[1:])


def test_another_secrets_signature_is_wrong():
    with pytest.raises(auth.BadToken, match="signature"):
        auth.check("other", auth.issue("secret", 7)[0])


def test_a_token_expires():
    with pytest.raises(auth.BadToken, match="expired"):
        auth.check("secret", auth.issue("secret", 7, 0)[0])


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer abc", "abc"), ("bearer abc", "abc"), ("Basic abc", None), ("Bearer ", None), ("abc", None), (None, None)],
)
def test_the_bearer_scheme(header, token):
    assert auth.bearer(header) == token


def test_bytes_that_are_not_text_are_compared_too():
    assert not auth.same("\udcff", "token")
