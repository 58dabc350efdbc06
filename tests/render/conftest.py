"""Views as plain text, at a width."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import StringIO
from typing import Any

import pytest

from lab.render.console import console


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Prints one view or several with the lab's own console, without colour, `width` columns wide."""

    def printed_(views: Any, width: int = 80) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        out = console()
        out.file = written = StringIO()
        several = isinstance(views, Iterable) and not isinstance(views, str)
        for view in views if several else [views]:
            out.print(view, crop=False)
        return written.getvalue()

    return printed_
