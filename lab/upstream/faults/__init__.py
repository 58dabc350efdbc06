"""The faults that an application can be given through its admin listener, by name."""

from __future__ import annotations

from lab.upstream.faults.base import Fault
from lab.upstream.faults.die import Die
from lab.upstream.faults.leak import Leak
from lab.upstream.faults.maintenance import Maintenance
from lab.upstream.faults.slow import Slow

FAULTS: dict[str, type[Fault]] = {
    "die": Die,
    "leak": Leak,
    "maintenance": Maintenance,
    "slow": Slow,
}
