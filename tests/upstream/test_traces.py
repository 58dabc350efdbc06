from __future__ import annotations

from lab.upstream.faults.params import BadParams, Params
from lab.upstream.traces import trace_of


def failed() -> BaseException:
    try:
        try:
            Params("slow", {}).route({"order"})
        except BadParams as error:
            error.add_note("a note")
            raise LookupError("nothing there") from error
    except LookupError as error:
        return error
    raise AssertionError


def test_a_trace_has_causes_notes_and_lines_but_no_frame_of_a_fault():
    told = trace_of(failed())
    assert "test_traces.py" in told
    assert 'Params("slow", {}).route({"order"})' in told
    assert "a note" in told
    assert "The above exception was the direct cause" in told
    assert told.rstrip().endswith("LookupError: nothing there")
    assert "params.py" not in told
