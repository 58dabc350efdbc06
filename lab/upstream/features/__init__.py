"""Features that a release brings: code that runs in front of a route's handler, each with a defect of its own.

They stand apart from the faults that switch them on, because their lines are what tracebacks show.
"""

from __future__ import annotations

from collections.abc import Mapping

from lab.upstream.features.basket import import_rounding, round_by_attribute, round_by_name
from lab.upstream.features.details import delivery_slots, discounts, gift_notes
from lab.upstream.features.feature import Feature
from lab.upstream.features.history import compare_with_all
from lab.upstream.features.instalments import in_instalments
from lab.upstream.features.loyalty import discount_rate, next_level, tier
from lab.upstream.features.stock import reserve

FEATURES: Mapping[str, Feature] = {
    "tier": tier,
    "discount-rate": discount_rate,
    "next-level": next_level,
    "rounding-by-attribute": round_by_attribute,
    "rounding-by-name": round_by_name,
    "rounding-by-import": import_rounding,
    "gift-notes": gift_notes,
    "discounts": discounts,
    "delivery-slots": delivery_slots,
    "history": compare_with_all,
    "stock": reserve,
    "instalments": in_instalments,
}
