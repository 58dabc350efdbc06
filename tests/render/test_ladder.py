from __future__ import annotations

from typing import Any

import pytest

from lab.render.ladder import ladder


def event(at: float, sender: str, receiver: str, what: str, note: str | None = None) -> dict[str, Any]:
    return {"at": at, "from": sender, "to": receiver, "what": what, "note": note}


CRASH = [
    event(0.0, "client", "gateway", "POST /checkout"),
    event(0.001, "gateway", "api-1", "request", "connected after 0 ms"),
    event(0.021, "api-1", "gateway", "FIN", "closed before any byte of a header"),
    event(0.022, "gateway", "client", "502"),
]

DRAWN = """\
          client                    gateway                    api-1
             |                         |                         |
             | POST /checkout          |                         |
  0.000 s    |------------------------>|                         |
             |                         |                         |
             |                         | request                 |
  0.001 s    |                         |------------------------>|
             |                         |    connected after 0 ms |
             |                         |                         |
             |                         | FIN                     |
  0.021 s    |                         |<------------------------|
             |                         | (closed before any byte of a header)
             |                         |                         |
             | 502                     |                         |
  0.022 s    |<------------------------|                         |
             |                         |                         |"""


def test_a_crash_reads_from_the_top_down() -> None:
    drawn = ladder(CRASH, ascii_only=True)
    assert drawn == DRAWN.replace("   connected after 0 ms ", " (connected after 0 ms) ")


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("replica", ["api-1", "payments"])
def test_it_is_never_wider_than_asked_and_loses_no_word(width: int, replica: str) -> None:
    long = "finishes in the end, and nobody listens to what it has to say any more"
    events = [
        *CRASH,
        event(0.003, "api-1", "payments", "POST /charges", "with a rather long remark about the bank"),
        event(1.0, replica, replica, long),
    ]
    drawn = ladder(events, width=width, ascii_only=True)
    assert max(map(len, drawn.splitlines())) <= width
    for word in (*long.replace(",", "").split(), "remark", "bank)"):
        assert word in drawn


def test_hops_stand_in_the_order_in_which_a_request_travels() -> None:
    heads = ladder(list(reversed(CRASH))).splitlines()[0].split()
    assert heads == ["client", "gateway", "api-1"]


def test_ascii_is_ascii() -> None:
    assert ladder(CRASH, ascii_only=True).isascii()
    assert not ladder(CRASH).isascii()


def test_no_events_draw_nothing() -> None:
    assert ladder([]) == ""
