from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(HERE.parent / "support"), str(HERE.parent.parent)])
    return subprocess.run(
        [sys.executable, str(HERE / "bench.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )


def test_markdown_has_one_row_for_a_figure_with_its_floor_and_the_machine() -> None:
    run = bench("--markdown", "help")
    assert run.returncode == 0, run.stderr
    machine, _, heading, rule, row = run.stdout.splitlines()
    assert "cores" in machine
    assert "Python 3." in machine
    assert heading.count("|") == rule.count("|") == row.count("|")
    assert re.search(r"`lab --help`, cold \| \d+ ms \| .* \| `python -c pass`: \d+ ms \| \d+\.\d ×", row)


def test_an_unknown_figure_is_refused_by_name() -> None:
    run = bench("nonsense")
    assert run.returncode == 2
    assert "no such figure: nonsense" in run.stderr
