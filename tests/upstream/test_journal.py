from __future__ import annotations

import json
import os
import re

import pytest

from lab.upstream.journal import Journal


@pytest.fixture
def journal(tmp_path):
    journal = Journal(str(tmp_path / "app.log"), "api-1")
    yield journal
    journal.close()


def test_a_line_is_in_the_file_at_once(journal, tmp_path):
    journal.write("exception", level="error", rid="r-1", error='a "quoted"\nerror \udcff')
    text = (tmp_path / "app.log").read_text()
    assert text.count("\n") == 1
    line = json.loads(text)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("ts"))
    assert line == {
        "level": "error",
        "hop": "api-1",
        "event": "exception",
        "rid": "r-1",
        "error": 'a "quoted"\nerror \udcff',
    }


def test_lines_are_appended(journal, tmp_path):
    other = Journal(str(tmp_path / "app.log"), "api-1")
    journal.write("one")
    other.write("two")
    journal.write("three")
    other.close()
    events = [json.loads(line)["event"] for line in (tmp_path / "app.log").read_text().splitlines()]
    assert events == ["one", "two", "three"]


def test_a_full_disk_is_reported_once_on_stderr(capfd):
    journal = Journal("/dev/full", "api-1")
    journal.write("one")
    journal.write("two")
    journal.close()
    assert capfd.readouterr().err == "api-1: cannot write /dev/full: [Errno 28] No space left on device\n"


def test_a_line_that_the_disk_cut_short_does_not_swallow_the_next(journal, tmp_path, monkeypatch):
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda fd, data: write(fd, data[:20]))
        journal.write("one")
    journal.write("two")
    journal.write("three")
    lines = (tmp_path / "app.log").read_text().splitlines()
    assert len(lines[0]) == 20
    assert [json.loads(line)["event"] for line in lines[1:]] == ["two", "three"]


def test_lines_go_where_they_are_sent_and_back(journal, tmp_path):
    other = os.open(tmp_path / "other", os.O_WRONLY | os.O_CREAT)
    journal.write("one")
    journal.to(other)
    journal.write("two")
    journal.to(None)
    journal.write("three")
    os.close(other)
    for name, events in (("app.log", ["one", "three"]), ("other", ["two"])):
        assert [json.loads(line)["event"] for line in (tmp_path / name).read_text().splitlines()] == events


def test_lines_in_blocks_are_kept_back_until_a_block_is_full(journal, tmp_path):
    journal.in_blocks(200)
    journal.write("one")
    assert (tmp_path / "app.log").read_text() == ""
    journal.write("two", text="x" * 200)
    assert (tmp_path / "app.log").read_text().count("\n") == 2
    journal.write("three")
    journal.in_blocks(0)
    journal.write("four")
    events = [json.loads(line)["event"] for line in (tmp_path / "app.log").read_text().splitlines()]
    assert events == ["one", "two", "three", "four"]
