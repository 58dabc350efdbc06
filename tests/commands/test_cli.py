from __future__ import annotations

import importlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lab import __version__
from lab.cli import COMMANDS, SECTIONS, main
from lab.errors import LabError

GOLDEN = Path(__file__).with_name("help.txt")


def test_the_top_level_help_is_as_agreed(run: Any) -> None:
    assert run("--help").output == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_says_of_itself(name: str) -> None:
    module, section, short = COMMANDS[name]
    command = importlib.import_module(module).command
    assert command.name == name
    assert command.help.partition("\n")[0] == short
    assert section in SECTIONS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_80_columns(name: str, run: Any) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert max(map(len, result.output.splitlines())) <= 80


def test_every_module_of_a_command_is_in_the_table() -> None:
    folder = Path(importlib.import_module("lab.commands").__path__[0])
    with_command = {path.stem for path in folder.glob("*.py") if "@click.command(" in path.read_text(encoding="utf-8")}
    assert with_command == {module.rpartition(".")[2] for module, _, _ in COMMANDS.values()}


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"lab {__version__}\n"


def test_an_unknown_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statsu"]) == 2
    assert capsys.readouterr().err == "There is no command 'statsu'.\nDid you mean status or start?\n"


def test_an_unknown_option_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start", "--famly", "gateway"]) == 2
    said = capsys.readouterr().err
    assert "--family" in said
    assert "`lab start --help`" in said


def test_an_error_has_what_and_cure_and_no_traceback(fake: Any, capsys: pytest.CaptureFixture[str]) -> None:
    fake.rounds = []
    assert main(["hint"]) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", "There is no round.\n`lab start` opens one.\n")


def test_an_error_in_json_mode_is_a_document(fake: Any, capsys: pytest.CaptureFixture[str]) -> None:
    fake.rounds = []
    assert main(["hint", "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out) == {"error": {"what": "There is no round.", "cure": "`lab start` opens one."}}
    assert err == ""


def test_a_usage_error_in_json_mode_is_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", "--json"]) == 2
    assert set(json.loads(capsys.readouterr().out)["error"]) == {"what", "cure"}


def test_the_code_of_an_error_is_the_exit_status(fake: Any, capsys: pytest.CaptureFixture[str]) -> None:
    fake.current.answers["hint"] = LabError("It broke.", "Read the log.", code=3)
    assert main(["hint"]) == 3


def test_a_defect_is_kept_in_a_file(fake: Any, lab_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del fake.current.answers["hint"]
    assert main(["hint"]) == 3
    err = capsys.readouterr().err
    (log,) = lab_home.glob("crash-*.log")
    assert str(log) in err
    assert "Traceback" not in err
    assert "KeyError" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, EOFError])
def test_an_interrupt_is_130(interrupt: type[BaseException], fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(name: str | None) -> None:
        raise interrupt

    monkeypatch.setattr("lab.round.client.find_round", interrupted)
    assert main(["hint"]) == 130


@pytest.mark.parametrize("words", [("vocabulary",), ("vocabulary", "--json"), ("list", "--help")])
def test_a_closed_pipe_is_quiet(words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "lab", *words], stdout=closed, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_ascii_output_loses_signs_and_does_not_crash(fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert main(["logs", "system/process.log", "-n", "1"]) == 0
    sys.stdout.seek(0)
    assert "? 2 earlier lines are not shown" in sys.stdout.read()


def test_the_families_and_engines_of_the_help_are_those_there_are() -> None:
    from typing import get_args

    from lab.catalog.scenario import Family
    from lab.commands.start import FAMILIES

    assert get_args(Family) == FAMILIES
