"""Reports that are put together in memory."""

from __future__ import annotations


def assemble(size: int) -> int:
    """A report of `size` bytes."""
    pages = bytearray(size)
    return len(pages)
