"""All injectors by name, and how a scenario's call becomes one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from lab.catalog.scenario import Scenario
from lab.catalog.vocabulary import nearest
from lab.errors import LabError
from lab.faults.app import Die, Maintenance, OtherAnswer, OtherKey, Slow, Uncaught, Unset
from lab.faults.base import Injector
from lab.faults.code import Envelope, Feature, LogElsewhere, LogInBlocks, Outermost, Release
from lab.faults.container import Cpu, Hoard
from lab.faults.data import (
    BadSheet,
    Descriptors,
    FullDisk,
    FullSpool,
    Leak,
    Memory,
    Moved,
    OldDatabase,
    Replaced,
    Template,
    Transaction,
)
from lab.faults.gateway import Conf, Lock
from lab.faults.link import Bandwidth, Down, Jitter, Latency, Limit, Reset, Slicer, SlowClose, Timeout
from lab.faults.process import Overflow, Pause, Stop
from lab.faults.wire import (
    BreakOff,
    ConnectionLimit,
    Deadlock,
    DieSending,
    Dribble,
    FailingCheck,
    Garble,
    HangUpReused,
    PaddedName,
    PileOfCookies,
    StopReading,
)

INJECTORS: dict[str, type[Any]] = {
    "stop": Stop,
    "pause": Pause,
    "overflow": Overflow,
    "die": Die,
    "slow": Slow,
    "maintenance": Maintenance,
    "uncaught": Uncaught,
    "other-key": OtherKey,
    "other-answer": OtherAnswer,
    "unset": Unset,
    "feature": Feature,
    "envelope": Envelope,
    "release": Release,
    "log-elsewhere": LogElsewhere,
    "log-in-blocks": LogInBlocks,
    "outermost": Outermost,
    "leak": Leak,
    "moved": Moved,
    "transaction": Transaction,
    "old-database": OldDatabase,
    "replaced": Replaced,
    "bad-sheet": BadSheet,
    "template": Template,
    "full-spool": FullSpool,
    "full-disk": FullDisk,
    "memory": Memory,
    "descriptors": Descriptors,
    "break-off": BreakOff,
    "die-sending": DieSending,
    "garble": Garble,
    "dribble": Dribble,
    "padded-name": PaddedName,
    "pile-of-cookies": PileOfCookies,
    "stop-reading": StopReading,
    "connection-limit": ConnectionLimit,
    "hang-up-reused": HangUpReused,
    "deadlock": Deadlock,
    "failing-check": FailingCheck,
    "hoard": Hoard,
    "cpu": Cpu,
    "lock": Lock,
    "conf": Conf,
    "latency": Latency,
    "jitter": Jitter,
    "bandwidth": Bandwidth,
    "slow-close": SlowClose,
    "timeout": Timeout,
    "reset": Reset,
    "slicer": Slicer,
    "limit": Limit,
    "down": Down,
}

_WHOLE = re.compile(r"\$[a-z_]+")
_INSIDE = re.compile(r"\$\{([a-z_]+)\}")


def build(scenario: Scenario, draws: Mapping[str, Any]) -> tuple[Injector, ...]:
    """The injectors of a scenario, with what was drawn in the place of `$name`, and of `${name}` inside a text.

    Raises:
        LabError: for an unknown injector or a wrong parameter; it names the scenario and the place.
    """
    return tuple(
        _injector(scenario.id, n, name, parameters, draws)
        for n, call in enumerate(scenario.fault)
        for name, parameters in call.items()
    )


def needs(scenario: Scenario) -> frozenset[str]:
    """What an engine has to offer for a scenario."""
    injectors = (INJECTORS[name] for call in scenario.fault for name in call if name in INJECTORS)
    return frozenset(scenario.requires).union(*(injector.needs for injector in injectors))


def _injector(id_: str, n: int, name: str, parameters: Mapping[str, Any], draws: Mapping[str, Any]) -> Injector:
    place = f"Scenario {id_}: fault.{n}.{name}"
    if name not in INJECTORS:
        raise LabError(f"{place} is not an injector.", nearest(name, INJECTORS), code=2)
    filled = {key: _filled(value, draws, f"{place}.{key}") for key, value in parameters.items()}
    try:
        injector: Injector = INJECTORS[name].model_validate(filled)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        known = ", ".join(INJECTORS[name].model_fields) or "none"
        raise LabError(f"{place}.{key}: {first['msg']}.", f"Its parameters are: {known}.", code=2) from error
    return injector


def _filled(value: Any, draws: Mapping[str, Any], place: str) -> Any:
    """A parameter with its draws; those of nginx's own variables that are written without braces stay."""

    def drawn(name: str) -> Any:
        if name not in draws:
            raise LabError(f"{place}: nothing draws ${name}.", "Add it under `vary`.", code=2)
        return draws[name]

    if isinstance(value, Mapping):
        return {key: _filled(inner, draws, f"{place}.{key}") for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(inner, draws, place) for inner in value]
    if not isinstance(value, str):
        return value
    if _WHOLE.fullmatch(value):
        return drawn(value[1:])
    return _INSIDE.sub(lambda match: str(drawn(match[1])), value)
