from __future__ import annotations

import json

import pytest

from lab.upstream.call import Call
from lab.upstream.faults import FAULTS
from lab.upstream.faults.active import Active
from lab.upstream.faults.base import Application
from lab.upstream.faults.params import BadParams
from lab.upstream.journal import Journal


@pytest.fixture
def active(tmp_path):
    journal = Journal(str(tmp_path / "app.log"), "api-1")
    yield Active(Application("api-1", journal, frozenset({"health", "order"})))
    journal.close()


def test_every_fault_stands_under_its_own_name():
    assert {name: kind.name for name, kind in FAULTS.items()} == {name: name for name in FAULTS}


def test_every_fault_refuses_what_it_does_not_know(active):
    for name in FAULTS:
        with pytest.raises(BadParams, match=f"^{name}: "):
            active.put_in(name, {"route": "order", "seconds": 1, "retry_after": 1, "signal": "SIGKILL", "every": 1})
    assert active.shown() == {}


def test_a_fault_that_is_replaced_is_taken_out_first(active, tmp_path):
    active.put_in("maintenance", {"retry_after": 1})
    active.put_in("maintenance", {"retry_after": 2})
    assert active.shown() == {"maintenance": {"retry_after": 2}}
    events = [json.loads(line)["event"] for line in (tmp_path / "app.log").read_text().splitlines()]
    assert events == ["maintenance.on", "maintenance.off", "maintenance.on"]


async def test_the_first_stands_outermost(active):
    """Maintenance answers before the slow fault takes its time; the other way round it would take a minute."""
    active.put_in("maintenance", {"retry_after": 1})
    active.put_in("slow", {"route": "any", "seconds": 60})

    async def proceed():
        raise AssertionError("the handler is not reached")

    answer = await active.around(Call("r-1", "order", "GET", "/orders/1"), proceed)
    assert answer.status == 503
