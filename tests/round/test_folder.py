from __future__ import annotations

import json
import shutil
from collections import namedtuple

import pytest

from lab.errors import LabError
from lab.paths import rounds_dir
from lab.round import folder as module
from lab.round.folder import MOST_OPEN, create, folders


def test_a_new_folder_has_the_codename_and_is_private():
    made = create("copper-lantern")
    assert made.name.startswith("copper-lantern-")
    assert made.path.stat().st_mode & 0o077 == 0
    assert [one.name for one in folders()] == [made.name]


def test_the_lock_tells_whether_somebody_looks_after_it():
    made = create("copper-lantern")
    assert not made.attended()
    with made.attend():
        assert made.attended()
    assert not made.attended()


def test_state_is_replaced_as_a_whole():
    made = create("copper-lantern")
    made.write_state({"state": "open"})
    made.write_state({"state": "closed"})
    assert made.state() == {"state": "closed"}
    assert [path.name for path in made.path.glob("state*")] == ["state.json"]


@pytest.mark.rounds_left_expected
@pytest.mark.parametrize("content", [None, "", "{", "\x00"])
def test_an_unreadable_state_is_told(content):
    made = create("copper-lantern")
    if content is not None:
        (made.path / "state.json").write_text(content)
    with pytest.raises(LabError, match="no readable state"):
        made.state()


def test_a_deleted_folder_is_no_reason_to_fail():
    made = create("copper-lantern")
    shutil.rmtree(made.path)
    made.write_state({"state": "closed"})
    made.append(made.journal, {"did": "something"})
    assert not made.attended()
    assert not made.path.exists()


def test_lines_are_appended():
    made = create("copper-lantern")
    made.append(made.journal, {"did": "a"})
    made.append(made.journal, {"did": "b"})
    assert [json.loads(line)["did"] for line in made.journal.read_text().splitlines()] == ["a", "b"]


def test_the_number_of_open_rounds_is_capped():
    from contextlib import ExitStack

    with ExitStack() as open_rounds:
        for _ in range(MOST_OPEN):
            open_rounds.enter_context(create("copper-lantern").attend())
        with pytest.raises(LabError, match="are open already"):
            create("copper-lantern")
    create("copper-lantern")


def test_a_full_disk_is_told_before_anything_starts(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: usage(100, 99, 1))
    with pytest.raises(LabError, match="MiB left"):
        create("copper-lantern")
    assert folders() == []


def test_a_place_that_cannot_be_written_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAB_HOME", str(tmp_path / "file" / "below"))
    with pytest.raises(LabError, match="cannot be made"):
        create("copper-lantern")


def test_folders_are_found_where_home_says():
    create("copper-lantern")
    assert all(one.path.parent == rounds_dir() for one in folders())
