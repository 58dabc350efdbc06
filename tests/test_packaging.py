"""What is shipped: the wheel has the data, the commands are declared, the lock fits what is asked for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import lab

ROOT = Path(lab.__file__).parent.parent
DATA = ("scenarios", "nginx", "proxy")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    run = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def files_of(name: str) -> set[str]:
    """The files of one folder of data, as they are to stand in the wheel; a folder may have none yet."""
    return {f"lab/data/{p.relative_to(ROOT)}" for p in (ROOT / name).rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", DATA)
def test_the_wheel_has_every_file_of_the_data(wheel: zipfile.ZipFile, name: str) -> None:
    missing = files_of(name) - set(wheel.namelist())
    assert not missing, f"[tool.hatch.build.targets.wheel.force-include] lacks {name}"


def test_the_wheel_has_the_package_and_nothing_of_the_checkout(wheel: zipfile.ZipFile) -> None:
    modules = {str(p.relative_to(ROOT)) for p in (ROOT / "lab").rglob("*.py")}
    names = set(wheel.namelist())
    assert modules <= names
    assert {name.split("/")[0] for name in names} == {"lab", f"badgateway-{lab.__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name]


def test_the_data_is_found_in_an_unpacked_wheel(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    program = (
        "from lab.catalog.load import load_scenarios\n"
        "from lab.paths import data_dir\n"
        "print(data_dir('nginx'), len(load_scenarios()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    where, count = run.stdout.split()
    assert Path(where) == tmp_path / "lab" / "data" / "nginx"
    assert int(count) > 0


def test_both_commands_are_declared(wheel: zipfile.ZipFile) -> None:
    (declared,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    text = wheel.read(declared).decode()
    assert "lab = lab.__main__:main" in text
    assert "badgateway = lab.__main__:main" in text


def locked() -> dict[str, str]:
    """Package → pinned version, from the lock."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, flags=re.MULTILINE))


def test_the_lock_fits_what_is_asked_for(project: dict[str, Any]) -> None:
    asked = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
    ]
    pins = locked()
    for requirement in map(Requirement, asked):
        name = requirement.name.lower()
        assert name in pins, f"{name} is not locked: make lock"
        assert requirement.specifier.contains(pins[name]), f"{requirement} is not met by {pins[name]}: make lock"


def test_the_lock_pins_with_hashes_and_names_no_index() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    comment, *requirements = re.split(r"\n(?=[a-z0-9])", text)
    assert comment.startswith("#")
    assert len(requirements) == len(locked())
    assert [r for r in requirements if "--hash=sha256:" not in r] == []
    assert "://" not in text
    assert not re.search(r"^-", text, flags=re.MULTILINE), "options of pip, such as an index, are the user's own"
