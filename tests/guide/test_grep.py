from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from lab.catalog.fact import Sign
from lab.catalog.load import load_signatures
from lab.guide.causes import greps
from lab.guide.codes import MESSAGES, PER_MINUTE, PER_PATH
from lab.guide.grep import command, in_log, in_words
from lab.guide.material import material
from lab.guide.prose import load_prose
from lab.logs import error, lab_format
from lab.logs.line import Line
from measured_lines import error_lines, lab_lines

MATERIAL = material()
NO_DRAWS: dict[str, object] = {}


def sign(kind: str, **where: object) -> Sign:
    return Sign.model_validate({"in": kind, "where": where})


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an error.log and a lab.log of all measured lines."""
    folder = tmp_path_factory.mktemp("logs")
    for name, lines in (("error.log", error_lines()), ("lab.log", lab_lines())):
        (folder / name).write_text("".join(f"{line}\n" for _, line in lines), encoding="utf-8")
    return folder


def found(line: str, folder: Path) -> list[str]:
    """What a command of the guide prints in that folder."""
    run = subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False)
    assert not run.stderr, f"{line}: {run.stderr}"
    return run.stdout.splitlines()


@pytest.mark.parametrize(
    ("sign", "line"),
    [
        (
            sign("gateway-error", errno=111, phase="connecting"),
            r"grep -E '\(111: .*while connecting to upstream' error.log",
        ),
        (
            sign("gateway-error", message="~prematurely closed", phase="reading header"),
            "grep -E 'prematurely closed.*while reading response header from upstream' error.log",
        ),
        (
            sign("gateway-error", message="~could not be resolved", errno=110),
            r"grep -E 'could not be resolved' error.log | grep -E '\(110: '",
        ),
        (sign("gateway-error", message="~^recv"), r"grep -E '#[0-9]+: (\*[0-9]+ )?recv' error.log"),
        (
            sign("gateway-error", errno=104, phase=["connecting", "reading body"]),
            r"grep -E '\(104: .*(while connecting to upstream|while (reading upstream|proxying upgraded connection))'"
            " error.log",
        ),
        (sign("gateway-error", level="emerg"), r"grep -E '\[emerg\]' error.log"),
        (sign("gateway-error", subrequest="set"), "grep -E 'subrequest: \"' error.log"),
        (sign("gateway-error", message="~a|b", level="crit"), r"grep -E '\[crit\].*(a|b)' error.log"),
        (sign("gateway-error", message="~it's"), r"""grep -E 'it'\''s' error.log"""),
        (
            sign("gateway-lab", status=502, us=502, uct="unset"),
            """grep -E 'status=502 .*uct="-".*us="502"' lab.log""",
        ),
        (sign("gateway-lab", us="~^502, [23]"), """grep -E 'us="502, [23]' lab.log"""),
        (sign("gateway-lab", status=[200, 404], ubr="> 0"), """grep -E 'status=(200|404) .*ubr="[1-9]' lab.log"""),
        (sign("gateway-lab", status=500, uht="set"), """grep -E 'status=500 .*uht="[0-9.]+"' lab.log"""),
        (
            sign("gateway-lab", us="~^(502|504), 2", ua=r"~^(\S+), \1$"),
            r"""grep -E 'us="((502|504), 2).*ua="(\S+), \3"' lab.log""",
        ),
        (sign("gateway-lab", path="~^/orders"), """grep -E '"[A-Z]+ /orders' lab.log"""),
    ],
)
def test_a_sign_becomes_a_command(sign: Sign, line: str) -> None:
    assert command(sign) == line


@pytest.mark.parametrize(
    "sign",
    [
        sign("gateway-lab", status=401, client="$complainer"),
        sign("gateway-lab", bytes=">= 20000"),
        sign("gateway-lab", tries=2),
        sign("gateway-error", phase="client side"),
        sign("gateway-error", upstream="~:443"),
        sign("gateway-error", message="$text"),
        sign("app", event="exception"),
        sign("absence", log="~^api"),
    ],
)
def test_what_no_pattern_can_say_has_no_command(sign: Sign) -> None:
    assert command(sign) is None


def test_a_pattern_that_looks_ahead_needs_another_grep() -> None:
    assert in_log("a(?!b)", "error.log").startswith("grep -P ")


@pytest.mark.parametrize(
    ("sign", "words"),
    [
        (
            sign("process", unit="~^api", event="exited", signal=[6, 9]),
            "the service manager's log: event exited, signal 6 or 9",
        ),
        (sign("gateway-lab", uct="unset", uht="set"), "lab.log: uct -, uht set"),
        (sign("app", hop="~^api", route="$route"), "the application's log"),
        (sign("absence", log=r"~^api-\d+/app"), "no line in api/app"),
    ],
)
def test_a_sign_in_words(sign: Sign, words: str) -> None:
    assert in_words(sign) == words


@pytest.mark.parametrize("mechanism", load_signatures().by_mechanism)
def test_each_command_of_a_mechanism_finds_a_measured_line(mechanism: str, logs: Path) -> None:
    for line in greps(mechanism, MATERIAL):
        assert found(line, logs), f"{line} finds nothing; add a measured line to tests/support/measured_lines.py"


def signs() -> list[tuple[str, Sign]]:
    facts = load_signatures().facts.values()
    return [(fact.id, sign) for fact in facts for sign in fact.signs if command(sign)]


@pytest.mark.parametrize(("fact", "sign"), signs(), ids=[fact for fact, _ in signs()])
def test_what_a_command_finds_shows_the_sign(fact: str, sign: Sign, logs: Path) -> None:
    name, parse = (
        ("gateway/error.log", error.parse) if sign.kind == "gateway-error" else ("gateway/lab.log", lab_format.parse)
    )
    line = command(sign)
    assert line
    for n, text in enumerate(found(line, logs), 1):
        fields = parse(text)
        assert fields, f"no parser reads {text}"
        if sign.where.get("subrequest"):
            assert "subrequest: " in text  # the parser leaves it out
        else:
            assert sign.shown_by(Line(name, n, text, sign.kind, fields), NO_DRAWS), f"{line} finds {text}"


@pytest.mark.parametrize("row", [row for row in load_prose().rows if row.grep], ids=lambda row: row.row)
def test_the_pattern_of_a_row_finds_its_measured_line(row: object, logs: Path) -> None:
    lines = [line for rows, line in error_lines() if row.row in rows]  # type: ignore[attr-defined]
    assert lines, "no measured line has this row"
    assert set(found(in_log(row.grep, "error.log"), logs)) & set(lines)  # type: ignore[attr-defined]


@pytest.mark.parametrize("row", [row for row in load_prose().rows if row.errno and row.grep], ids=lambda row: row.row)
def test_a_row_has_the_errno_of_its_line(row: object) -> None:
    lines = [line for rows, line in error_lines() if row.row in rows]  # type: ignore[attr-defined]
    assert any(f"({row.errno}: " in line for line in lines)  # type: ignore[attr-defined]


ACCESS = """\
127.77.3.101 - - [21/Nov/2026:12:00:00 +0000] "GET /products HTTP/1.1" 200 812 "-" "shopper"
127.77.3.102 - - [21/Nov/2026:12:00:01 +0000] "POST /checkout HTTP/1.1" 502 157 "-" "shopper"
127.77.3.102 - - [21/Nov/2026:12:00:59 +0000] "POST /checkout HTTP/1.1" 502 157 "-" "shopper"
127.77.3.103 - - [21/Nov/2026:12:01:00 +0000] "GET / HTTP/1.1" 009 30 "-" "curl/8.5.0"
"""


def test_the_commands_that_count(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(ACCESS)
    (tmp_path / "error.log").write_text("".join(f"{line}\n" for rows, line in error_lines() if rows & {"A1", "G1"}))
    assert [row.split() for row in found(PER_MINUTE % 502, tmp_path)] == [["2", "21/Nov/2026:12:00"]]
    assert [row.split() for row in found(PER_MINUTE % 9, tmp_path)] == [["1", "21/Nov/2026:12:01"]]
    assert [row.split() for row in found(PER_PATH % 502, tmp_path)] == [["2", "/checkout"]]
    commonest = re.sub(" +", " ", found(MESSAGES, tmp_path)[0]).strip()
    assert commonest == "2 connect() failed (111: Connection refused) while connecting to upstream"
