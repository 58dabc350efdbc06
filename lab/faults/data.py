"""Faults of what the shop keeps: its database, its files, and what the kernel grants it."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from lab.faults.app import AppFault, Deployed


class Leak(AppFault):
    """Each `every`-th request of that route keeps its database connection for good."""

    name: ClassVar[str] = "leak"

    route: str
    every: int = Field(1, ge=1)


class Moved(AppFault):
    """The database's file is moved away, and connections have to be made anew."""

    name: ClassVar[str] = "moved"


class Transaction(AppFault):
    """Another connection holds the database's lock for writing."""

    name: ClassVar[str] = "transaction"


class OldDatabase(Deployed):
    """The process is started with the database of last year, in which a column has another name."""

    name: ClassVar[str] = "old-database"

    place: str
    column: str


class Replaced(AppFault):
    """Each product from the first to the last is replaced by the next, and the last by the first."""

    name: ClassVar[str] = "replaced"

    first: int
    last: int


class BadSheet(AppFault):
    """A supplier uploaded a sheet that is `cut`, `plain`, `latin-1` or `half`."""

    name: ClassVar[str] = "bad-sheet"

    supplier: int
    shape: str


class Template(AppFault):
    """The text that a route's answers are made of is `denied`, `gone` or `changed`."""

    name: ClassVar[str] = "template"

    of: str
    how: str


class FullSpool(AppFault):
    """So many price lists fill the spool."""

    name: ClassVar[str] = "full-spool"

    lists: int = Field(ge=1)


class FullDisk(AppFault):
    """The disk is full that holds the `data`, or the `data-and-log`."""

    name: ClassVar[str] = "full-disk"

    holds: str = "data"


class Memory(AppFault):
    """The process gets no more memory than it has, and a route wants a lot."""

    name: ClassVar[str] = "memory"

    route: str


class Descriptors(AppFault):
    """The process gets few descriptors, and a route uses them up."""

    name: ClassVar[str] = "descriptors"

    route: str
