"""What the guide knows besides the catalogue: `nginx/guide/*.yaml`, validated at the edge."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field

from lab.catalog.fact import Kind
from lab.catalog.load import parse, read_yaml
from lab.catalog.model import Model
from lab.paths import data_dir

Status = int | Literal["none"]


class Maker(Model):
    """Somebody who makes a status, and how it is told that it was them."""

    who: str
    tell: str


class Code(Model):
    """A status code."""

    code: int
    name: str
    source: str
    """Where its meaning is laid down."""
    means: str
    made_by: tuple[Maker, ...]
    note: str = ""


class Errno(Model):
    """An errno, as Linux numbers it."""

    number: int
    name: str
    text: str
    source: str
    means: str
    seen: str
    """What a client of the gateway sees then."""


class Row(Model):
    """A row of the measured catalogue, in one line."""

    row: str
    when: str
    status: tuple[Status, ...]
    errno: int | None = None
    grep: str = ""
    """Extended regular expression that finds its line in error.log; empty where nginx writes none."""
    tells: str
    """What tells it from what looks the same."""


class Symptom(Model):
    """What one sees, and the mechanisms behind it, the most likely first."""

    see: str
    mechanisms: tuple[str, ...] = Field(min_length=1)
    also: str = ""


class Mix(Model):
    """What a mix of codes says."""

    mix: str
    says: str
    check: str
    mechanisms: tuple[str, ...] = ()


class Claim(Model):
    """What guides say and what was measured."""

    said: str
    measured: str
    rows: tuple[str, ...] = Field(min_length=1)


class Case(Model):
    """What a client gets that gets no status."""

    got: str
    errno: int | None = None
    curl: tuple[int, ...]
    """Exit codes of curl."""
    says: str
    check: str
    mechanisms: tuple[str, ...] = ()


class LookPlace(Model):
    """A place where one looks: one look shows what is in all its kinds of evidence."""

    name: str
    kinds: tuple[Kind, ...]
    says: str


class Order(Model):
    """A habit: in which order one looks."""

    name: str
    looks: tuple[str, ...]


class Node(Model):
    """A node of the decision tree."""

    when: str
    says: str = ""
    see: tuple[str, ...] = ()
    """Topics of pages."""
    mechanisms: tuple[str, ...] = ()
    branches: tuple[Node, ...] = ()


class Phase(Model):
    """A phase of a request, and the timer that limits it."""

    phase: str
    owner: Literal["gateway", "kernel", "client"]
    timer: str
    default: str
    then: str
    rows: tuple[str, ...] = ()


class Gateway(Model):
    """The defaults of a gateway's timers; an empty one could not be checked in its source."""

    gateway: str
    connect: str = ""
    answer: str = ""
    idle: str = ""
    then: str = ""
    source: str


class _File(Model):
    format_version: Literal[1]


class _Codes(_File):
    codes: tuple[Code, ...]


class _Errnos(_File):
    errnos: tuple[Errno, ...]


class _Rows(_File):
    rows: tuple[Row, ...]


class _Symptoms(_File):
    symptoms: tuple[Symptom, ...]


class _Mixes(_File):
    mixes: tuple[Mix, ...]


class _Claims(_File):
    claims: tuple[Claim, ...]


class _Cases(_File):
    cases: tuple[Case, ...]


class Orders(_File):
    """The places where one looks, and the habits."""

    looks: tuple[LookPlace, ...]
    orders: tuple[Order, ...]


class _Tree(_File):
    tree: tuple[Node, ...]


class Timers(_File):
    """Who owns which timer, and the defaults of gateways."""

    phases: tuple[Phase, ...]
    phase_sources: str
    gateways: tuple[Gateway, ...]


class Prose(Model):
    """All of it."""

    codes: tuple[Code, ...] = ()
    errnos: tuple[Errno, ...] = ()
    rows: tuple[Row, ...] = ()
    symptoms: tuple[Symptom, ...] = ()
    mixes: tuple[Mix, ...] = ()
    claims: tuple[Claim, ...] = ()
    cases: tuple[Case, ...] = ()
    orders: Orders
    tree: tuple[Node, ...] = ()
    timers: Timers


F = TypeVar("F", bound=_File)


@cache
def load_prose(folder: Path | None = None) -> Prose:
    """Everything from `nginx/guide`.

    Raises:
        LabError: names the file, the key and what was expected.
    """
    folder = folder or data_dir("nginx") / "guide"

    def read(model: type[F], name: str) -> F:
        path = folder / f"{name}.yaml"
        return parse(model, read_yaml(path), path)

    return Prose(
        codes=read(_Codes, "codes").codes,
        errnos=read(_Errnos, "errnos").errnos,
        rows=read(_Rows, "rows").rows,
        symptoms=read(_Symptoms, "symptoms").symptoms,
        mixes=read(_Mixes, "mixes").mixes,
        claims=read(_Claims, "measured").claims,
        cases=read(_Cases, "below-http").cases,
        orders=read(Orders, "orders"),
        tree=read(_Tree, "tree").tree,
        timers=read(Timers, "timers"),
    )
