"""What the lab costs on this machine: `make bench`, or `make bench ARGS="--markdown help stop"` for some figures.

Every figure is the median of several runs and stands beside a floor that was measured in the same minute: what the
machine needs for the least that could do the same. The ratio travels from machine to machine, the figure does not.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

import figures
import machine
from table import as_markdown, as_table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"of {', '.join(figures.FIGURES)}; by default all")
    parser.add_argument("--markdown", action="store_true", help="print a table for the README")
    chosen = parser.parse_args()
    if unknown := sorted(set(chosen.figures) - set(figures.FIGURES)):
        parser.error(f"no such figure: {', '.join(unknown)}")
    names = chosen.figures or list(figures.FIGURES)

    measured = []
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as home, Progress(console=Console(stderr=True)) as progress:
        Path(home).chmod(0o755)  # nginx's workers are another user when this runs as root
        os.environ["LAB_HOME"] = home
        task = progress.add_task("", total=len(names))
        try:
            for name in names:
                progress.update(task, description=name)
                measured += figures.FIGURES[name]()
                progress.advance(task)
        finally:
            figures.stop_everything()
    if chosen.markdown:
        print(as_markdown(measured, machine.described()))
    else:
        Console().print(as_table(measured, machine.described()))


if __name__ == "__main__":
    main()
