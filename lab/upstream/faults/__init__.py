"""The faults that an application can be given through its admin listener, by name."""

from __future__ import annotations

from lab.upstream.faults.bad_sheet import BadSheet
from lab.upstream.faults.base import Fault
from lab.upstream.faults.break_off import BreakOff
from lab.upstream.faults.connection_limit import ConnectionLimit
from lab.upstream.faults.deadlock import Deadlock
from lab.upstream.faults.descriptors import Descriptors
from lab.upstream.faults.die import Die
from lab.upstream.faults.die_sending import DieSending
from lab.upstream.faults.dribble import Dribble
from lab.upstream.faults.envelope import Envelope
from lab.upstream.faults.failing_check import FailingCheck
from lab.upstream.faults.feature import Feature
from lab.upstream.faults.full_disk import FullDisk
from lab.upstream.faults.full_spool import FullSpool
from lab.upstream.faults.garble import Garble
from lab.upstream.faults.hang_up_reused import HangUpReused
from lab.upstream.faults.hoard import Hoard
from lab.upstream.faults.leak import Leak
from lab.upstream.faults.log_elsewhere import LogElsewhere
from lab.upstream.faults.log_in_blocks import LogInBlocks
from lab.upstream.faults.maintenance import Maintenance
from lab.upstream.faults.memory import Memory
from lab.upstream.faults.moved import Moved
from lab.upstream.faults.old_database import OldDatabase
from lab.upstream.faults.other_answer import OtherAnswer
from lab.upstream.faults.other_key import OtherKey
from lab.upstream.faults.outermost import Outermost
from lab.upstream.faults.padded_name import PaddedName
from lab.upstream.faults.pile_of_cookies import PileOfCookies
from lab.upstream.faults.release import Release
from lab.upstream.faults.replaced import Replaced
from lab.upstream.faults.slow import Slow
from lab.upstream.faults.stop_reading import StopReading
from lab.upstream.faults.template import Template
from lab.upstream.faults.transaction import Transaction
from lab.upstream.faults.uncaught import Uncaught
from lab.upstream.faults.unset import Unset

FAULTS: dict[str, type[Fault]] = {
    "bad-sheet": BadSheet,
    "break-off": BreakOff,
    "connection-limit": ConnectionLimit,
    "deadlock": Deadlock,
    "descriptors": Descriptors,
    "die": Die,
    "die-sending": DieSending,
    "dribble": Dribble,
    "envelope": Envelope,
    "failing-check": FailingCheck,
    "feature": Feature,
    "full-disk": FullDisk,
    "full-spool": FullSpool,
    "garble": Garble,
    "hang-up-reused": HangUpReused,
    "hoard": Hoard,
    "leak": Leak,
    "log-elsewhere": LogElsewhere,
    "log-in-blocks": LogInBlocks,
    "maintenance": Maintenance,
    "memory": Memory,
    "moved": Moved,
    "old-database": OldDatabase,
    "other-answer": OtherAnswer,
    "other-key": OtherKey,
    "outermost": Outermost,
    "padded-name": PaddedName,
    "pile-of-cookies": PileOfCookies,
    "release": Release,
    "replaced": Replaced,
    "slow": Slow,
    "stop-reading": StopReading,
    "template": Template,
    "transaction": Transaction,
    "uncaught": Uncaught,
    "unset": Unset,
}
