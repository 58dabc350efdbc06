"""The table of scenarios and engines in docs/engines.md, made from reports of `lab verify --json`.

`PYTHONPATH=tests/support .venv/bin/python -m engines_table REPORT… [--check]` writes it, or says what is not as there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

DOC = Path(__file__).parents[2] / "docs" / "engines.md"
BEGIN = "<!-- Made by tests/support/engines_table.py from the last reports of `lab verify --json`; do not edit. -->"
END = "<!-- the end of what is made -->"


def table(reports: Sequence[Mapping[str, Any]]) -> str:
    """Markdown: a row for each scenario, a column for each engine. No times: they differ with each run.

    Of several reports about one engine the later ones count.
    """
    results: dict[str, dict[str, str]] = {}
    for report in reports:
        results.setdefault(report["engine"], {}).update(_results(report))
    ids = sorted({id_ for told in results.values() for id_ in told})
    lines = [f"| scenario | {' | '.join(results)} |", f"|---|{'---|' * len(results)}"]
    lines += [
        f"| `{id_}` | " + " | ".join(told.get(id_, "not tried") for told in results.values()) + " |" for id_ in ids
    ]
    return "\n".join(lines)


def _results(report: Mapping[str, Any]) -> dict[str, str]:
    proven = {one["id"]: "proven" if one["ok"] else "FAILED" for one in report["scenarios"]}
    return proven | {one["id"]: f"no: {one['reason']}" for one in report["skipped"]}


def rendered(text: str, made: str) -> str:
    """The document with the made part replaced."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def made(text: str) -> str:
    """The made part of the document."""
    return text.partition(BEGIN)[2].partition(END)[0].strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="+", type=Path, metavar="REPORT")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the table is another one")
    chosen = parser.parse_args()
    new = table([json.loads(path.read_text(encoding="utf-8")) for path in chosen.reports])
    text = DOC.read_text(encoding="utf-8")
    if not chosen.check:
        DOC.write_text(rendered(text, new), encoding="utf-8")
        return 0
    wrong = differing(new, made(text))
    for line in wrong:
        print(f"docs/engines.md and the reports differ: {line}", file=sys.stderr)
    return 1 if wrong else 0


def differing(new: str, old: str) -> list[str]:
    """What new reports say otherwise than the document. What they did not try they do not say."""
    tried = [[cell.strip() for cell in line.strip("|").split("|")] for line in new.splitlines()]
    there = {
        cells[0]: cells[1:] for line in old.splitlines() if (cells := [c.strip() for c in line.strip("|").split("|")])
    }
    return [
        f"{row[0]}: {', '.join(row[1:])}"
        for row in tried
        if any(now not in (was, "not tried") for now, was in zip(row[1:], there.get(row[0], ["-"] * 9), strict=False))
    ]


if __name__ == "__main__":
    sys.exit(main())
