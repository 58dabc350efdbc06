"""What is still there of a stack after it was taken down."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from contextlib import suppress

import psutil

from lab.engines.base import Address
from lab.engines.process.addresses import listens
from lab.engines.process.mark import MARK


def marked(round_: str, groups: Collection[int]) -> list[psutil.Process]:
    """Processes with the round's mark, or in one of the process groups that were the stack's."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError, PermissionError):
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            if process.uids().real != os.getuid():
                continue
            mark = process.environ().get(MARK, "")
            # nginx writes its title over its environment, and elsewhere than on Linux a forked child cannot be
            # marked: their group tells. Its number may have been reused, so another round's mark says no.
            if mark == round_ or (not mark.strip("-") and os.getpgid(process.pid) in groups):
                found.append(process)
    return found


def describe(round_: str, groups: Collection[int], addresses: Iterable[Address]) -> list[str]:
    """Processes and listeners that are left, in words."""
    left = []
    for process in marked(round_, groups):
        with suppress(psutil.Error):
            left.append(f"process {process.pid} ({' '.join(process.cmdline()) or process.name()})")
    left += [f"a listener on {address}" for address in addresses if listens(address)]
    return left
