"""The basket's total, rounded by a function that the release was to bring with it and did not."""

from __future__ import annotations

from lab.upstream.call import Call
from lab.upstream.features import pricing
from lab.upstream.features.feature import Place


def round_by_attribute(call: Call, _: Place) -> object:
    """It is looked up in its module."""
    return pricing.rounded(call.begun)  # type: ignore[attr-defined]


def round_by_name(call: Call, _: Place) -> object:
    """It is expected here."""
    return rounded(call.begun)  # type: ignore[name-defined] # noqa: F821


def import_rounding(call: Call, _: Place) -> object:
    """It is imported when it is needed."""
    from lab.upstream.features.pricing import rounded  # type: ignore[attr-defined]

    return rounded(call.begun)
