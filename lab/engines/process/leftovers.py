"""What is still there of a stack after it was taken down."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from contextlib import suppress

import psutil

from lab.engines.process.addresses import Addresses, left_listening
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


def kill(round_: str, groups: Collection[int], at: Addresses) -> None:
    """Kill what is left in the stack's own process groups, and wait two seconds at most until nothing is.

    By group and not by the mark alone, because somebody else's round may have the same name.
    """
    until = time.monotonic() + 2
    while time.monotonic() < until:
        left = []
        for process in marked(round_, groups):
            with suppress(psutil.Error, ProcessLookupError):
                if os.getpgid(process.pid) in groups:
                    left.append(process)
                    process.kill()
        if not left and not left_listening(at):
            return
        psutil.wait_procs(left, timeout=0.05)
        time.sleep(0.005)


def describe(round_: str, groups: Collection[int], at: Addresses) -> list[str]:
    """Processes and listeners that are left, in words."""
    left = []
    for process in marked(round_, groups):
        with suppress(psutil.Error):
            left.append(f"process {process.pid} ({' '.join(process.cmdline()) or process.name()})")
    return left + [f"a listener on {address}" for address in left_listening(at)]
