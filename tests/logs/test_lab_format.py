from __future__ import annotations

from lab.logs.lab_format import parse

LINE = (
    '2026-11-21T12:00:11+00:00 127.77.1.103 "POST /checkout HTTP/1.1" status=502 bytes=157 rid=c0ffee rt=0.003 '
    'uct="0.000" uht="-" urt="0.003" us="502" ua="127.77.1.21:8000" cs=- ubr="0" cl=157 rl=512 conn=12 reqs=3 '
    "msec=1795262411.250"
)


def test_all_fields() -> None:
    assert parse(LINE) == {
        "time": "2026-11-21T12:00:11+00:00",
        "at": 1795262411.25,
        "client": "127.77.1.103",
        "method": "POST",
        "path": "/checkout",
        "status": 502,
        "bytes": 157,
        "rid": "c0ffee",
        "rt": 0.003,
        "uct": 0.0,
        "uht": None,
        "urt": 0.003,
        "us": 502,
        "ua": "127.77.1.21:8000",
        "cs": None,
        "ubr": 0,
        "cl": 157,
        "rl": 512,
        "conn": 12,
        "reqs": 3,
        "tries": 1,
    }


def test_several_tries_keep_their_text_and_are_counted() -> None:
    said = parse(
        LINE.replace('us="502"', 'us="502, 504 : 200"')
        .replace('ua="127.77.1.21:8000"', 'ua="a:1, b:1 : c:1"')
        .replace('uct="0.000"', 'uct="-, 0.000 : 0.001"')
    )
    assert (said["us"], said["tries"], said["uct"]) == ("502, 504 : 200", 3, None)


def test_nothing_behind_the_gateway_was_asked() -> None:
    said = parse(LINE.replace('us="502"', 'us="-"').replace('ua="127.77.1.21:8000"', 'ua="-"'))
    assert (said["us"], said["ua"], said["tries"]) == (None, None, 0)


def test_a_local_failure_leaves_an_empty_address() -> None:
    said = parse(LINE.replace('us="502"', 'us="-"').replace('ua="127.77.1.21:8000"', 'ua=""'))
    assert (said["us"], said["ua"]) == (None, "")


def test_a_garbage_status_line_is_logged_as_009() -> None:
    assert parse(LINE.replace("status=502", "status=009"))["status"] == 9


def test_a_request_line_of_other_bytes_has_no_method() -> None:
    said = parse(LINE.replace("POST /checkout HTTP/1.1", r"\x16\x03\x01\x02"))
    assert (said["method"], said["path"], said["status"]) == (None, None, 502)


def test_a_half_written_line_is_unreadable() -> None:
    assert parse(LINE[:150]) == {}
