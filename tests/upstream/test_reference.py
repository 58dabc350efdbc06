from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lab.upstream.reference import api_reference
from lab.upstream.routes import SHOP


def test_every_route_has_a_row():
    text = api_reference()
    for route in SHOP:
        token = "yes" if route.token else "no"
        assert f"| {route.name} | `{route.method} {route.path}` | {token} |" in text


def test_every_row_has_all_columns():
    table = [line for line in api_reference().split("## Routes")[1].splitlines() if line.startswith("|")]
    assert {line.count("|") for line in table} == {6}
    assert len(table) == 2 + len(SHOP)


def test_it_needs_no_server():
    code = (
        "import sys; from lab.upstream.reference import api_reference; api_reference(); print('aiohttp' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
