"""Real rounds, opened as `lab start` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from lab.errors import LabError
from lab.round import client


@pytest.fixture
def start() -> Iterator[Callable[..., dict[str, Any]]]:
    """Opens rounds at a tenth of their timeouts, and takes down what a test leaves open."""
    opened: list[str] = []

    def open_round(name: str | None = "port-closed", **wishes: Any) -> dict[str, Any]:
        started = client.start_round(name, **{"seed": 7, "pace": 0.1, **wishes})
        opened.append(started["round"])
        return started

    yield open_round
    for name in opened:
        with suppress(LabError):
            client.stop_round(name)
