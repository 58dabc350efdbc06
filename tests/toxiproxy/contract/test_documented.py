"""The table of differences in the documentation and the tests of the embedded server alone name each other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE.parents[2] / "docs" / "toxiproxy.md"


def embedded_only(file: Path) -> set[str]:
    """The tests of a file that carry EMBEDDED_ONLY, by themselves or through the module."""
    tree = ast.parse(file.read_text())
    whole = "pytestmark = EMBEDDED_ONLY" in map(ast.unparse, tree.body)
    return {
        f"{file.name}::{node.name}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and (whole or "EMBEDDED_ONLY" in map(ast.unparse, node.decorator_list))
    }


def test_the_table_has_a_row_for_each() -> None:
    tests = set().union(*(embedded_only(file) for file in HERE.glob("test_*.py")))
    rows = [row for row in TABLE.read_text().splitlines() if row.startswith("| ") and "::" in row]
    named = {name for row in rows for name in re.findall(r"`(test_\w+\.py::test_\w+)`", row)}
    assert len(tests) > 10
    assert named == tests
