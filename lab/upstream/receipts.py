"""Receipts, written in the background once an order was paid for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from string import Template

from lab.upstream.call import Call
from lab.upstream.journal import Journal
from lab.upstream.templates import Templates


class Receipts:
    """Writes them to a file, and notes each as `receipt.written` in the log. The customer does not wait for it."""

    def __init__(self, path: Path, templates: Templates, journal: Journal) -> None:
        self._path = path
        self._templates = templates
        self._journal = journal
        self._at_work: set[asyncio.Task[None]] = set()

    def begin(self, call: Call, values: Mapping[str, object]) -> None:
        """Have the receipt of that request written; `values` are for its template."""
        task = asyncio.create_task(self._write(call, values))
        # The loop alone would let it be collected before it is done.
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _write(self, call: Call, values: Mapping[str, object]) -> None:
        text = Template(self._templates.text("checkout")).substitute(values)
        fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)
        self._journal.write("receipt.written", rid=call.rid, route=call.route, order=values["order"])
