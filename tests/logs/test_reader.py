from __future__ import annotations

from pathlib import Path

import pytest

from lab.errors import LabError
from lab.logs.reader import line_counts, read_log, read_logs, read_looks


def test_a_line_without_newline_is_not_yet_a_line(tmp_path: Path) -> None:
    path = tmp_path / "stderr.log"
    path.write_bytes(b"one\ntwo\nthr")
    assert [(line.ref, line.text) for line in read_log("api-1/stderr.log", path)] == [
        ("api-1/stderr.log:1", "one"),
        ("api-1/stderr.log:2", "two"),
    ]
    assert line_counts({"api-1/stderr.log": path, "x/app.log": tmp_path / "none"}) == {
        "api-1/stderr.log": 2,
        "x/app.log": 0,
    }


def test_bytes_that_are_no_text_and_odd_separators_break_no_line(tmp_path: Path) -> None:
    path = tmp_path / "stderr.log"
    path.write_bytes("a\u2028b\x0b\x85".encode() + b"\xff\xfe\rc\n")
    lines = read_log("api-1/stderr.log", path)
    assert len(lines) == 1
    assert "�" in lines[0].text


def test_a_log_that_is_not_there_yet_has_no_lines(tmp_path: Path) -> None:
    assert read_log("gateway/lab.log", tmp_path / "lab.log") == ()


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabError):
        read_log("gateway/foo.log", tmp_path / "foo.log")


def test_all_logs_of_a_folder(tmp_path: Path) -> None:
    for name, text in (("gateway/error.log", "x\n"), ("api-1/app.log", "{}\n"), ("gateway/odd.log", "x\n")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert {ref: len(lines) for ref, lines in read_logs(tmp_path).items()} == {
        "api-1/app.log": 1,
        "gateway/error.log": 1,
    }


def test_looks(tmp_path: Path) -> None:
    path = tmp_path / "looks.log"
    path.write_text(
        '{"n": 1, "at": 12.5, "what": "probe", "status": 200}\n'
        "nonsense\n"
        '{"n": 3, "at": "2026-11-21T12:00:00Z", "what": "mix", "rows": []}\n'
        '{"n": 4, "at": 1'
    )
    looks = read_looks(path)
    assert [(look.ref, look.what, look.at) for look in looks] == [
        ("looks.log:1", "probe", 12.5),
        ("looks.log:3", "mix", 1795262400.0),
    ]
    assert looks[0].fields == {"status": 200}
    assert read_looks(tmp_path / "none.log") == ()
