from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.catalog.load import load_scenario_file, load_scenarios
from lab.catalog.model import Model
from lab.catalog.scenario import Scenario
from lab.commands.template import template
from lab.errors import LabError

WORDS = ("new", "slow-export", "--family", "gateway", "--mechanism", "sigkill")
VALUES = {"id": "slow-export", "codename": "amber-door", "family": "gateway", "mechanism": "process-killed"}


def nested(model: type[Model]) -> set[str]:
    """The names of all keys, those of nested models too."""
    found = set(model.model_fields)
    for field in model.model_fields.values():
        for kind in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(kind, type) and issubclass(kind, Model):
                found |= nested(kind)
    return found


def test_the_written_file_loads(run: Any, tmp_path: Path) -> None:
    assert run(*WORDS, "--into", str(tmp_path)).exit_code == 0
    (scenario,) = load_scenario_file(tmp_path / "gateway" / "slow-export.yaml")
    assert scenario.id == "slow-export"
    assert scenario.mechanism == "process-killed"
    assert scenario.codename not in {one.codename for one in load_scenarios().values()}


def test_an_existing_file_is_never_written_over(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "gateway" / "slow-export.yaml"
    path.parent.mkdir()
    path.write_text("mine", encoding="utf-8")
    error = run(*WORDS, "--into", str(tmp_path)).exception
    assert isinstance(error, LabError)
    assert str(path) in error.what
    assert path.read_text(encoding="utf-8") == "mine"


def test_every_key_stands_in_the_file() -> None:
    text = template(VALUES)
    assert [key for key in nested(Scenario) if f"{key}:" not in text and f"`{key}`" not in text] == []


def test_every_top_level_key_but_its_own_explains_itself() -> None:
    blocks = template(VALUES).split("\n\n")[1:]
    unexplained = [block for block in blocks if not block.startswith("# ")]
    assert [block.partition(":")[0] for block in unexplained] == ["format_version"]


def test_the_shown_defaults_are_the_defaults() -> None:
    opened = "\n".join(
        row.replace("#", "", 1) if row.lstrip().startswith("#") and not row.lstrip().startswith("# ") else row
        for row in template(VALUES).splitlines()
    )
    as_shown, as_written = yaml.safe_load(opened), yaml.safe_load(template(VALUES))
    assert set(as_shown) == set(Scenario.model_fields)
    assert Scenario.model_validate(as_shown) == Scenario.model_validate(as_written)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("new", "Slow Export", "--family", "gateway", "--mechanism", "sigkill"), "Slow Export"),
        (("new", "x", "--family", "gateway", "--mechanism", "sigkil"), "sigkil"),
        ((*WORDS, "--codename", "amber"), "amber"),
    ],
)
def test_what_the_loader_would_refuse_is_refused_here(
    words: tuple[str, ...], wrong: str, run: Any, tmp_path: Path
) -> None:
    error = run(*words, "--into", str(tmp_path)).exception
    assert isinstance(error, LabError)
    assert wrong in error.what
    assert not list(tmp_path.iterdir())


def test_an_unknown_family_is_a_usage_error(run: Any) -> None:
    assert run("new", "x", "--family", "gate", "--mechanism", "sigkill").exit_code == 2
