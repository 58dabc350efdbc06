"""Defects in code that a release or a switch brings; `lab/upstream/features` has the code."""

from __future__ import annotations

from typing import ClassVar

from lab.faults.app import AppFault, Deadly, Deployed


class Feature(AppFault):
    """A feature with a defect is switched on; it runs in front of a route's handler."""

    name: ClassVar[str] = "feature"

    route: str
    feature: str


class Envelope(AppFault):
    """The same, but what it raises is caught, and told in the body of a 200."""

    name: ClassVar[str] = "envelope"

    route: str
    feature: str


class Release(Deployed):
    """The next release is deployed, and brings a feature with a defect."""

    name: ClassVar[str] = "release"

    route: str
    feature: str


class LogElsewhere(Deployed):
    """The same, and its log goes to the process's stderr."""

    name: ClassVar[str] = "log-elsewhere"

    route: str
    feature: str


class LogInBlocks(Deadly):
    """A feature with a defect is switched on; the log is kept back, and the process killed before it is written."""

    name: ClassVar[str] = "log-in-blocks"

    route: str
    feature: str


class Outermost(AppFault):
    """A middleware fails on a route, outside of the one that logs."""

    name: ClassVar[str] = "outermost"

    route: str
