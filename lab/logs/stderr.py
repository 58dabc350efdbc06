"""What a process wrote on its standard error: no format at all."""

from __future__ import annotations


def parse(text: str) -> dict[str, str]:
    """`message`, the line itself; empty for an empty line."""
    return {"message": text} if text else {}
