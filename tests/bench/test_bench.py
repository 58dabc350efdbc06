from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def bench(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(HERE.parent / "support"), str(HERE.parent.parent)])
    return subprocess.run(
        [sys.executable, str(HERE / "bench.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path, **environment},
    )


def test_markdown_has_one_row_for_a_figure_with_its_floor_and_the_machine() -> None:
    run = bench("--markdown", "help")
    assert run.returncode == 0, run.stderr
    machine, _, heading, rule, row = run.stdout.splitlines()
    assert "cores" in machine
    assert "Python 3." in machine
    assert heading.count("|") == rule.count("|") == row.count("|")
    assert re.search(r"`lab --help`, cold \| \d+ ms \| .* \| `python -c pass`: \d+ ms \| \d+\.\d+ ×", row)


def test_an_unknown_figure_is_refused_by_name() -> None:
    run = bench("nonsense")
    assert run.returncode == 2
    assert "no such figure: nonsense" in run.stderr


def test_what_is_not_there_to_compare_with_is_said_once_and_leaves_its_rows_out(tmp_path: Path) -> None:
    run = bench("--markdown", "toxiproxy", "toxiproxy-start", LAB_TOXIPROXY=str(tmp_path / "none"))
    assert run.returncode == 0, run.stderr
    assert len(run.stdout.splitlines()) == 4, "only the machine and the headings"
    sentence = f"The figures beside Toxiproxy are left out. LAB_TOXIPROXY={tmp_path / 'none'} does not run."
    assert " ".join(run.stderr.split()).count(sentence) == 1


@pytest.mark.toxiproxy
def test_a_server_is_measured_beside_the_real_one_with_what_is_wanted() -> None:
    run = bench("--markdown", "toxiproxy-start")
    assert run.returncode == 0, run.stderr
    inside, command = run.stdout.splitlines()[-2:]
    assert re.search(r"inside a running process.*Toxiproxy 2\.12\.0: .* × \(wanted ≤ 5 ms\) \|$", inside)
    assert re.search(r"`lab toxiproxy`, cold.*Toxiproxy 2\.12\.0: .* × \(wanted ≤ 0\.3 s\) \|$", command)
