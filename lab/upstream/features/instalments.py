"""Paying in instalments."""

from __future__ import annotations

from lab.upstream.call import Call
from lab.upstream.features.feature import Place


class Plan:
    """How an amount is split up."""

    def parts(self, amount: int) -> list[int]:
        """The amounts of the instalments; each kind of plan has its own."""
        raise NotImplementedError("splitting a payment is not implemented")


class Monthly(Plan):
    """Every month the same."""


def in_instalments(call: Call, _: Place) -> list[int]:
    """The instalments of a payment."""
    return Monthly().parts(len(call.path))
