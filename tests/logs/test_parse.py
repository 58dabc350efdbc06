from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.errors import LabError
from lab.logs.parse import PARSERS, kind_of

SEEDS = [
    '127.0.0.1 - - [21/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl"',
    '2026-11-21T12:00:00+00:00 1.2.3.4 "GET / HTTP/1.1" status=200 bytes=1 rid=a rt=0.1 us="-" ua="-" msec=1.0',
    "2026/11/21 12:00:00 [error] 1#1: *3 connect() failed (111: Connection refused), client: 1.2.3.4",
    '{"ts": "2026-11-21T12:00:00Z", "status": 200}',
    "2026-11-21T12:00:00.123Z api-1[4711]: exited on signal 9 (SIGKILL)",
]


def mangled(seed: str) -> st.SearchStrategy[str]:
    cut = st.tuples(st.integers(0, len(seed)), st.integers(0, len(seed)), st.text(max_size=8))
    return cut.map(lambda c: seed[: min(c[:2])] + c[2] + seed[max(c[:2]) :])


@pytest.mark.parametrize("kind", PARSERS)
@given(
    text=st.one_of(st.text(), st.sampled_from(SEEDS).flatmap(mangled), st.binary().map(lambda b: b.decode("latin-1")))
)
def test_no_text_makes_a_parser_raise(kind: str, text: str) -> None:
    assert isinstance(PARSERS[kind](text), dict)


@pytest.mark.parametrize("kind", PARSERS)
@pytest.mark.parametrize(
    "text",
    ["", "[" * 100_000, '{"ts": ' + "9" * 5000 + "}", "9" * 10_000, "\x00\x01", '{"ts": 1e999}', "²" * 20],
    ids=["empty", "deep", "huge-number", "digits", "control", "infinite", "superscript"],
)
def test_nasty_texts_are_only_unreadable(kind: str, text: str) -> None:
    assert isinstance(PARSERS[kind](text), dict)


@pytest.mark.parametrize("kind", [kind for kind in PARSERS if kind != "stderr"])
def test_what_cannot_be_read_is_empty(kind: str) -> None:
    assert PARSERS[kind]("nginx: the configuration file is fine") == {}


@pytest.mark.parametrize(
    ("ref", "kind"),
    [
        ("gateway/access.log", "gateway-access"),
        ("gateway/lab.log", "gateway-lab"),
        ("gateway/error.log", "gateway-error"),
        ("api-2/app.log", "app"),
        ("payments/app.log", "app"),
        ("api-1/stderr.log", "stderr"),
        ("system/process.log", "process"),
        ("client/client.log", "client"),
    ],
)
def test_the_name_of_a_log_tells_its_kind(ref: str, kind: str) -> None:
    assert kind_of(ref) == kind


def test_an_unknown_log_is_a_usage_error_that_lists_the_known_ones() -> None:
    with pytest.raises(LabError) as caught:
        kind_of("gateway/eror.log")
    assert caught.value.code == 2
    assert "gateway/error.log" in caught.value.cure
