"""What lets root read a file that nobody may read: given up by this thread for a while, which then is as others are."""

from __future__ import annotations

import os
import struct
import sys

_VERSION = 0x20080522
_READS_ANYTHING = 1 << 1 | 1 << 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (capabilities(7))."""


def give_up() -> None:
    """From now on the modes of files hold for this thread, and for those that it starts.

    Raises:
        OSError: when the kernel does not allow it.
    """
    _change(back=False)


def take_back() -> None:
    """This thread may again whatever the process may.

    Raises:
        OSError: when the kernel does not allow it.
    """
    _change(back=True)


def _change(*, back: bool) -> None:
    if sys.platform != "linux":
        return
    import ctypes  # no process needs it but this one, now

    libc = ctypes.CDLL(None, use_errno=True)
    head, sets = ctypes.create_string_buffer(struct.pack("=Ii", _VERSION, 0)), ctypes.create_string_buffer(24)
    failed = libc.capget(head, sets)
    # Of 64 bits the lower half comes first: what is in effect, what is permitted, what is inherited; then the upper.
    words = list(struct.unpack("=6I", sets.raw))
    words[0] = words[0] | (words[1] & _READS_ANYTHING) if back else words[0] & ~_READS_ANYTHING
    if failed or libc.capset(head, struct.pack("=6I", *words)):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
