"""A unit that is a process of the zygote."""

from __future__ import annotations

from dataclasses import dataclass

from lab.engines.process.orders import Order
from lab.engines.unit import Unit


@dataclass(frozen=True, slots=True)
class ProcessUnit(Unit):
    """What the service manager knows of a hop that is a process.

    Attributes:
        order: how it is started.
    """

    order: Order
