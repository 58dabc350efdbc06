"""The arrows between the rooms of the package go downwards only, and what has to start fast imports little."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "lab"

EVERYTHING = {
    "render",
    "verify",
    "round",
    "grading",
    "guide",
    "faults",
    "traffic",
    "engines",
    "upstream",
    "toxiproxy",
    "logs",
    "catalog",
}

MAY_IMPORT: dict[str, set[str]] = {
    "cli": {"commands"},
    "commands": EVERYTHING,
    "render": {"guide", "grading", "logs", "catalog"},
    "verify": EVERYTHING - {"render", "verify", "guide"},
    "round": EVERYTHING - {"render", "verify", "round", "guide"},
    "grading": {"logs", "catalog"},
    "guide": {"logs", "catalog"},
    "faults": {"traffic", "engines.base", "logs", "catalog"},
    "traffic": set(),
    "engines": {"upstream", "toxiproxy", "logs"},
    "upstream": set(),
    "toxiproxy": set(),
    "logs": set(),
    "catalog": {"logs"},
}
"""Room → rooms it may import, besides itself. `engines.base` is that one module and what is in it."""

ALONE = {"upstream", "toxiproxy"}
"""Rooms that run in processes of their own and know nothing of the lab, not even its errors and paths."""

SHARED = {"errors", "paths"}


def imported(source: str, module: str) -> Iterator[str]:
    """The modules of the lab that a module's source imports, as dotted names without `lab.`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parents = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            # `from lab import logs` imports a room, `from lab import __version__` does not.
            names = [f"{base}.{alias.name}" for alias in node.names] if base == "lab" else [base]
        else:
            continue
        yield from (name.removeprefix("lab.") for name in names if name.startswith("lab."))


def wrong_arrows(source: str, module: str) -> list[str]:
    """The imports of a module, whose full dotted name is given, that its room may not make."""
    room = module.split(".")[1]
    return sorted({name for name in imported(source, module) if not _allowed(room, name)})


def _allowed(room: str, name: str) -> bool:
    target = name.split(".")[0]
    if target.startswith("__") or target == room:
        return True
    if target in SHARED:
        return room not in ALONE
    return any(name == allowed or name.startswith(f"{allowed}.") for allowed in MAY_IMPORT[room])


def modules() -> dict[str, Path]:
    """Every module that stands in a room (or is the command line), by dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] in MAY_IMPORT:
            found[".".join(["lab", *parts])] = path
    return found


def test_every_room_has_its_arrows_listed() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms <= set(MAY_IMPORT), "say in MAY_IMPORT what a new room may import"


def test_the_listed_arrows_have_no_circle() -> None:
    order: list[str] = []
    waiting = {room: {name.split(".")[0] for name in names} for room, names in MAY_IMPORT.items()}
    while free := sorted(room for room, below in waiting.items() if below <= set(order)):
        order += free
        waiting = {room: below for room, below in waiting.items() if room not in free}
    assert not waiting, f"these import each other: {sorted(waiting)}"


@pytest.mark.parametrize("module", modules())
def test_arrows_go_downwards(module: str) -> None:
    wrong = wrong_arrows(modules()[module].read_text(encoding="utf-8"), module)
    assert not wrong, f"{module} may not import {', '.join(wrong)}"


@pytest.mark.parametrize(
    ("module", "source", "wrong"),
    [
        ("lab.logs.line", "from lab.catalog.fact import Fact", ["catalog.fact"]),
        ("lab.logs.line", "import lab.round.folder", ["round.folder"]),
        ("lab.logs.line", "from lab import catalog", ["catalog"]),
        ("lab.logs.line", "from ..catalog import fact", ["catalog"]),
        ("lab.logs.line", "def late():\n    from lab.grading import grade", ["grading"]),
        ("lab.upstream.shop", "from lab.errors import LabError", ["errors"]),
        ("lab.faults.kill", "from lab.engines.process.engine import ProcessEngine", ["engines.process.engine"]),
        ("lab.faults.kill", "from lab.engines.base import Stack", []),
        ("lab.logs.line", "from lab import __version__\nfrom .stamp import when\nfrom lab.errors import LabError", []),
        ("lab.commands.start", "from lab.render import brief\nfrom lab.round import client", []),
    ],
)
def test_a_wrong_arrow_is_seen(module: str, source: str, wrong: list[str]) -> None:
    assert wrong_arrows(source, module) == wrong


def loaded_by(program: str) -> set[str]:
    """The top-level modules that a new Python has loaded after a program."""
    run = subprocess.run(
        [sys.executable, "-c", f"import sys\n{program}\nprint(*{{name.split('.')[0] for name in sys.modules}})"],
        capture_output=True,
        text=True,
        check=False,
        cwd=PACKAGE.parent,
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def test_the_command_line_starts_without_heavy_packages() -> None:
    assert not loaded_by("import lab.cli") & {"rich", "pydantic", "aiohttp", "sqlalchemy", "yaml", "jinja2", "asyncio"}


def test_the_supervisor_never_imports_the_shop() -> None:
    names = [name for name in modules() if name.startswith("lab.round.") and not name.endswith("__main__")]
    program = "\n".join(f"import {name}" for name in names if not name.endswith("__init__"))
    assert not loaded_by(program) & {"aiohttp", "sqlalchemy"}


def test_only_the_compose_engine_imports_what_talks_to_docker() -> None:
    every = [name for name in modules() if not name.startswith("lab.commands.") and not name.endswith("__main__")]
    program = "\n".join(f"import {name}" for name in every if not name.endswith("__init__"))
    assert not loaded_by(program) & {"docker", "requests"}
