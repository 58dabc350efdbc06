from __future__ import annotations

from lab.logs.app import parse


def test_fields_and_time() -> None:
    said = parse('{"ts": "2026-11-21T12:00:00.250Z", "event": "request.finished", "ms": 1.5, "error": null}')
    assert said == {
        "ts": "2026-11-21T12:00:00.250Z",
        "event": "request.finished",
        "ms": 1.5,
        "error": None,
        "at": 1795262400.25,
    }


def test_a_line_without_time_keeps_its_fields() -> None:
    assert parse('{"event": "x"}') == {"event": "x"}


def test_only_an_object_is_read() -> None:
    assert parse("[1, 2]") == parse("7") == parse("half a li") == {}
