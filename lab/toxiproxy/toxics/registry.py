"""Every type of toxic, by the name that the API has for it."""

from __future__ import annotations

from lab.toxiproxy.toxics.bandwidth import Bandwidth
from lab.toxiproxy.toxics.base import Stage
from lab.toxiproxy.toxics.close_reused import CloseReused
from lab.toxiproxy.toxics.fail_first import FailFirst
from lab.toxiproxy.toxics.latency import Latency
from lab.toxiproxy.toxics.limit_data import LimitData
from lab.toxiproxy.toxics.noop import Noop
from lab.toxiproxy.toxics.reset_data import ResetData
from lab.toxiproxy.toxics.reset_peer import ResetPeer
from lab.toxiproxy.toxics.slicer import Slicer
from lab.toxiproxy.toxics.slow_close import SlowClose
from lab.toxiproxy.toxics.timeout import Timeout

TYPES: dict[str, type[Stage]] = {
    "bandwidth": Bandwidth,
    "latency": Latency,
    "limit_data": LimitData,
    "noop": Noop,
    "reset_peer": ResetPeer,
    "slicer": Slicer,
    "slow_close": SlowClose,
    "timeout": Timeout,
    # What the real server does not have:
    "close_reused": CloseReused,
    "fail_first": FailFirst,
    "reset_data": ResetData,
}
