from __future__ import annotations

import asyncio
import socket
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from lab.errors import LabError
from lab.faults.process import Overflow
from lab.faults.wire import BreakOff, Deadlock, DieSending, Dribble, HangUpReused


class Hop:
    """What these injectors ask of a hop, noted in order."""

    def __init__(self, refusals=0, address=None):
        self.calls = []
        self.refusals = refusals
        self.address = address

    def expect_death(self, expected):
        self.calls.append(("expect_death", expected))

    def arm(self, fault):
        self.calls.append(("arm", fault))

    async def settle(self):
        self.calls.append("settle")

    async def pause(self):
        self.calls.append("pause")

    async def control(self, method, path, body=None):
        self.calls.append((method, path, body))
        if method == "DELETE" and self.refusals:
            self.refusals -= 1
            raise LabError("It does not answer.", "")
        return {}


def stack(hop):
    return SimpleNamespace(conf={"read_timeout": 2.0}, hop=lambda name: hop)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            BreakOff(hop="api-1", route="export", at="body", by="fin", share=0.6),
            {"name": "break-off", "route": "export", "at": "body", "by": "fin", "share": 0.6},
        ),
        (DieSending(hop="api-1", route="export"), {"name": "die-sending", "route": "export", "share": 0.5}),
        (
            Dribble(hop="api-1", route="order", of_read_timeout=1.5),
            {"name": "dribble", "route": "order", "seconds": 3.0},
        ),
        (HangUpReused(hop="api-1"), {"name": "hang-up-reused", "every": 1}),
    ],
)
async def test_the_shop_is_told_what_it_takes(fault, told):
    hop = Hop()
    await fault.inject(stack(hop))
    assert hop.calls[-1] == ("POST", "/faults", told)
    await fault.restore(stack(hop))
    assert ("DELETE", f"/faults/{told['name']}", None) in hop.calls


def test_an_answer_that_breaks_off_in_no_way_is_refused():
    with pytest.raises(ValidationError):
        BreakOff(hop="api-1", route="export", at="body", by="kill")


async def test_a_process_that_dies_while_it_is_told_is_told_again():
    hop = Hop(refusals=1)
    await Deadlock(hop="api-1", after=1, patience=1).restore(stack(hop))
    delete = ("DELETE", "/faults/deadlock", None)
    assert hop.calls == [("arm", None), "settle", delete, "settle", delete, ("expect_death", False)]


async def test_one_that_never_answers_is_an_error():
    with pytest.raises(LabError, match="does not answer"):
        await Deadlock(hop="api-1", after=1, patience=1).restore(stack(Hop(refusals=2)))


async def test_a_queue_overflows_until_no_connection_is_taken_up():
    with socket.create_server(("127.0.0.1", 0), backlog=3) as listener:
        hop = Hop(address=listener.getsockname())
        await Overflow(hop="api-1").inject(stack(hop))
        assert hop.calls == ["pause"]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await asyncio.open_connection(*hop.address)
