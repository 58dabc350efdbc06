from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lab.catalog.load import load_scenario_file, load_scenarios, load_signatures, parse, read_yaml
from lab.catalog.scenario import Scenario
from lab.errors import LabError
from small_catalogue import FACTS, scenario


def write(folder: Path, **more: object) -> Path:
    said = scenario("shut", "closed-port").model_dump(mode="json", exclude_unset=True) | more
    path = folder / "gateway" / f"{said['id']}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(said))
    return path


def refused(path: Path) -> LabError:
    with pytest.raises(LabError) as caught:
        list(load_scenario_file(path))
    assert caught.value.code == 2
    assert str(path) in caught.value.what
    return caught.value


def test_a_scenario_file(tmp_path: Path) -> None:
    (one,) = load_scenario_file(write(tmp_path))
    assert (one.id, one.mechanism, one.topology.restart.delay) == ("shut", "closed-port", 0.3)


def test_an_unknown_key_names_file_key_and_the_nearest(tmp_path: Path) -> None:
    error = refused(write(tmp_path, topology={"gateway": {"read_timout": 1}}))
    assert "topology.gateway.read_timout is not a key here" in error.what
    assert error.cure.startswith("Did you mean read_timeout")


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text("format_version: 1\n")
    assert "id is missing" in refused(path).what


def test_a_wrong_value_names_its_place(tmp_path: Path) -> None:
    assert "level is wrong" in refused(write(tmp_path, level=9)).what


def test_the_id_is_the_files_name_and_the_family_the_folders(tmp_path: Path) -> None:
    path = write(tmp_path)
    other = path.rename(path.with_name("other.yaml"))
    assert "id is 'shut'" in refused(other).what
    assert "family is 'edge'" in refused(write(tmp_path, family="edge")).what


def test_variants_yield_only_themselves(tmp_path: Path) -> None:
    variants = {"shut-a": {"codename": "a-a", "level": 3}, "shut-b": {"codename": "b-b"}}
    found = list(load_scenario_file(write(tmp_path, variants=variants)))
    assert [(one.id, one.codename, one.level) for one in found] == [("shut-a", "a-a", 3), ("shut-b", "b-b", 2)]


def test_a_variant_that_changes_nothing_may_be_empty(tmp_path: Path) -> None:
    assert [one.id for one in load_scenario_file(write(tmp_path, variants={"shut-a": None}))] == ["shut-a"]


def test_two_scenarios_share_no_codename(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, id="shut-two")
    with pytest.raises(LabError, match="shares its id or codename"):
        load_scenarios(tmp_path)


def test_scenarios_come_in_the_order_of_level_and_id(tmp_path: Path) -> None:
    write(tmp_path, id="b", codename="b-b", level=1)
    write(tmp_path, id="a", codename="a-a", level=2)
    assert list(load_scenarios(tmp_path)) == ["b", "a"]


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"a: [1", ", line "), (b"\xff\xfe", "not UTF-8"), (b"- 1", "a mapping was expected")],
)
def test_a_file_that_cannot_be_read_names_the_place(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_bytes(content)
    assert what in refused(path).what


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="cannot be read"):
        read_yaml(tmp_path / "none.yaml")


def test_models_are_frozen(tmp_path: Path) -> None:
    one = parse(Scenario, scenario("x", "y").model_dump(exclude_unset=True), tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        one.level = 2


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("shows: [waited, api-late]", "shows: [waited, api-lat]", "names the fact 'api-lat'"),
        ("  - id: waited", "  - id: refused", "defined twice"),
        ("mechanism: deaf", "mechanism: slow-work", "has two signatures"),
        ("lacks: [api-stopped]", "laks: [api-stopped]", "laks is not a key"),
    ],
)
def test_signatures_that_do_not_fit_together_are_refused(tmp_path: Path, before: str, after: str, what: str) -> None:
    assert before in FACTS
    (tmp_path / "s.yaml").write_text(FACTS.replace(before, after))
    with pytest.raises(LabError, match=what) as caught:
        load_signatures(tmp_path)
    assert caught.value.code == 2


def test_signatures(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(FACTS)
    found = load_signatures(tmp_path)
    assert [fact.id for fact in found.shows("deaf")] == ["waited", "api-silent"]
