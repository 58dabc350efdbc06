"""What the lab's clients saw, one JSON object a line: status or errno, seconds for each phase, bytes."""

from __future__ import annotations

from lab.logs.app import parse

__all__ = ["parse"]
