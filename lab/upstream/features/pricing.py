"""Prices."""

from __future__ import annotations


def in_cents(amount: float) -> int:
    """An amount in cents."""
    return round(100 * amount)
