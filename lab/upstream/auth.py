"""Tokens: the shop's `user.expiry.hmac`, and the admin's bearer token."""

from __future__ import annotations

import hashlib
import hmac
import time

LIFETIME = 3600
"""Seconds that a token from `/login` is good for."""


class BadToken(Exception):
    """The token is no good; the text says why, in the words of `WWW-Authenticate` (RFC 6750, section 3.1)."""


def issue(secret: str, user: int, ttl: float = LIFETIME) -> tuple[str, int]:
    """A token for a user and when it expires, in seconds since the epoch; a negative `ttl` (seconds) is in the past."""
    expires = int(time.time() + ttl)
    claims = f"{user}.{expires}"
    return f"{claims}.{_sign(secret, claims)}", expires


def check(secret: str, token: str) -> int:
    """The user's id of a token.

    Raises:
        BadToken: when it is malformed, signed with another secret, or expired.
    """
    claims, _, signature = token.rpartition(".")
    user, _, expires = claims.partition(".")
    if not (user.isdecimal() and expires.isdecimal() and signature and token.isascii()):
        raise BadToken("the token is malformed")
    if not same(signature, _sign(secret, claims)):
        raise BadToken("the signature is wrong")
    if int(expires) <= time.time():
        raise BadToken("the token expired")
    return int(user)


def bearer(header: str | None) -> str | None:
    """The token in an `Authorization` header, None when there is none."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def same(left: str, right: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(left.encode(errors="surrogateescape"), right.encode(errors="surrogateescape"))


def password_hash(user: int, password: str) -> str:
    """What the users table holds instead of a password."""
    return hashlib.sha256(f"{user}:{password}".encode(errors="surrogateescape")).hexdigest()


def _sign(secret: str, claims: str) -> str:
    return hmac.new(secret.encode(), claims.encode(), hashlib.sha256).hexdigest()
