"""Tracebacks as the log has them."""

from __future__ import annotations

import os
from pathlib import Path
from traceback import StackSummary, TracebackException

_FAULTS = f"{Path(__file__).parent / 'faults'}{os.sep}"


def trace_of(error: BaseException) -> str:
    """The traceback of an exception, with its causes.

    The frames of what puts faults in and takes them out are left out: they are the lab's, and no shop has them.
    """
    told = TracebackException.from_exception(error)
    chain: list[TracebackException | None] = [told]
    while chain:
        if one := chain.pop():
            one.stack = StackSummary.from_list([frame for frame in one.stack if not frame.filename.startswith(_FAULTS)])
            chain += [one.__cause__, one.__context__]
    return "".join(told.format())
