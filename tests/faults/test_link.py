from __future__ import annotations

from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from lab.faults.link import Bandwidth, Jitter, Latency, LinkFault, Slicer

STACK = SimpleNamespace(conf={"read_timeout": 2.0})


@pytest.mark.parametrize(
    ("fault", "attributes"),
    [
        (Latency(to="api-1", of_read_timeout=1.5), {"latency": 3000}),
        (Latency(to="api-1", of_read_timeout=1.5, grows_from=0.0001, over=3), {"latency": 1}),
        (Jitter(to="api-1", of_read_timeout=1), {"latency": 1000, "jitter": 1000}),
        (Bandwidth(to="api-1", kb_in_read_timeout=50), {"rate": 25}),
        (Bandwidth(to="api-1", kb_in_read_timeout=50, grows_from=6000, over=3), {"rate": 3000}),
        (Slicer(to="api-1", bytes=1000, wait=0.01), {"average_size": 1000, "size_variation": 250, "delay": 10_000}),
    ],
)
def test_attributes_are_in_the_units_of_toxiproxy(fault, attributes):
    assert fault.attributes(STACK) == attributes


@pytest.mark.parametrize("wrong", [{"grows_from": 1}, {"over": 1}, {"over": 500, "grows_from": 1}, {"streams": []}])
def test_what_does_not_go_together_is_refused(wrong):
    with pytest.raises(ValidationError):
        Latency(to="api-1", of_read_timeout=1, **wrong)


def test_a_fault_on_both_streams_is_two_toxics():
    fault = Latency(to="api-1", of_read_timeout=1, streams=("upstream", "downstream"))
    assert isinstance(fault, LinkFault)
    assert {fault.called(stream) for stream in fault.streams} == {"latency-upstream", "latency-downstream"}
