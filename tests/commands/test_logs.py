from __future__ import annotations

import json
from typing import Any

import pytest

from lab.errors import LabError


def refs(result: Any) -> list[str]:
    return [line["ref"] for line in json.loads(result.stdout)]


def test_bare_it_shows_the_mix_and_the_first_failure_with_the_lines_around_it(fake: Any, run: Any) -> None:
    out = run("logs").output
    assert "looks.log:2" in out
    assert "> client/client.log:1" in out
    for ref in ("gateway/error.log:1", "gateway/lab.log:2", "api-1/app.log:2", "system/process.log:2"):
        assert ref in out
    assert "gateway/lab.log:1 " not in out, "another request"


def test_bare_json_is_an_array_of_lines(fake: Any, run: Any) -> None:
    lines = json.loads(run("logs", "--json").stdout)
    assert lines
    assert all(set(line) == {"ref", "text", "fields"} for line in lines)
    assert "mix" not in [op for op, _ in fake.current.asked], "no look is made that nobody sees"


def test_a_round_without_a_failure_says_so(fake: Any, run: Any) -> None:
    (fake.current.folder / "logs" / "client" / "client.log").unlink()
    assert "No client saw a failure so far." in run("logs").output


def test_a_hop_is_its_numbered_lines_log_by_log(fake: Any, run: Any) -> None:
    out = run("logs", "gateway").output
    assert "gateway/error.log, 1 line" in out
    assert "gateway/lab.log:2" in out
    assert "api-1/app.log" not in out


def test_a_log_can_be_named_and_shortened(fake: Any, run: Any) -> None:
    result = run("logs", "system/process.log", "-n", "1")
    assert "system/process.log:3" in result.output
    assert "system/process.log:2" not in result.output
    assert "2 earlier lines are not shown" in result.output
    assert refs(run("logs", "system/process.log", "-n", "0", "--json")) == [
        f"system/process.log:{n}" for n in (1, 2, 3)
    ]


def test_a_reference_shows_the_line_as_it_was_written(fake: Any, run: Any) -> None:
    result = run("logs", "gateway/lab.log:2")
    assert "msec=1795262401.250" in result.output
    assert refs(run("logs", "gateway/lab.log:2", "--json")) == ["gateway/lab.log:2"]


def test_long_lines_are_wrapped_and_never_cut(fake: Any, run: Any) -> None:
    out = run("logs", "gateway/error.log").output
    assert max(map(len, out.splitlines())) <= 80
    assert 'host: "127.77.3.10:8080"' in " ".join(out.split())


def test_into_a_pipe_a_line_stays_one_line(fake: Any, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from lab.cli import cli

    monkeypatch.delenv("COLUMNS", raising=False)
    out = CliRunner().invoke(cli, ["logs", "gateway/error.log:1"]).output
    assert out.count("\n") == 1
    assert out.endswith('127.77.3.10:8080"\n')


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("--rid", "5f3a9c0d1e2b4a6f", "--grep", "reading response header"), ["gateway/error.log:1"]),
        (("--status", "5xx", "--grep", "uct"), ["gateway/lab.log:2"]),
        (("--route", "products"), ["gateway/access.log:1", "gateway/lab.log:1"]),
        (("system", "--failed"), ["system/process.log:2"]),
        (("api-1", "--since", "2026-11-21T12:00:00Z"), ["api-1/app.log:2"]),
    ],
)
def test_lines_can_be_chosen(words: tuple[str, ...], wanted: list[str], fake: Any, run: Any) -> None:
    assert refs(run("logs", *words, "--json")) == wanted


def test_around_a_line_is_its_request_and_what_happened_close_by(fake: Any, run: Any) -> None:
    found = refs(run("logs", "--around", "gateway/lab.log:2", "-n", "0", "--json"))
    assert {"gateway/error.log:1", "api-1/app.log:2", "system/process.log:2"} <= set(found)
    assert not {"gateway/lab.log:1", "system/process.log:1", "api-1/app.log:1"} & set(found)


def test_around_reaches_as_far_as_asked_in_the_lines_own_log(fake: Any, run: Any) -> None:
    assert "gateway/lab.log:1" in refs(run("logs", "--around", "gateway/lab.log:2", "-n", "1", "--json"))


def test_mix_is_a_look(fake: Any, run: Any) -> None:
    assert "looks.log:2" in run("logs", "--mix", "--status", "502").output
    assert fake.current.last("mix") == {"filters": {"status": "502"}, "per": None}
    assert json.loads(run("logs", "--mix", "--json").stdout) == fake.current.answers["mix"]


def test_mix_over_time(fake: Any, run: Any) -> None:
    row = {
        "from": "2026-11-21T12:00:00Z",
        "n": 3,
        "by_status": {"200": 2, "502": 1},
        "p50": 0.01,
        "p95": 0.02,
        "p99": 1,
    }
    fake.current.answers["mix"] = {"look": 3, "rows": [row]}
    assert "200 2, 502 1" in run("logs", "--mix", "--per", "5").output
    assert fake.current.last("mix")["per"] == 5.0


def test_what_was_read_is_noted_in_the_journal(fake: Any, run: Any) -> None:
    run("logs", "gateway")
    assert fake.current.last("journal")["did"].startswith("lab")


@pytest.mark.parametrize(
    ("words", "in_what"),
    [
        (("gateway/error.log:99",), "gateway/error.log:99"),
        (("nowhere",), "nowhere"),
        (("--grep", "("), "regular expression"),
        (("--since", "yesterday"), "yesterday"),
        (("looks.log:9",), "look 9"),
        (("--around", "absent:api-1/app.log@x"), "absent"),
    ],
)
def test_what_is_not_there_is_an_error_with_a_cure(words: tuple[str, ...], in_what: str, fake: Any, run: Any) -> None:
    error = run("logs", *words).exception
    assert isinstance(error, LabError)
    assert in_what in error.what
    assert error.cure


@pytest.mark.parametrize("words", [("--per", "5"), ("-f", "--json"), ("-f", "--mix")])
def test_options_that_do_not_go_together(words: tuple[str, ...], fake: Any, run: Any) -> None:
    assert run("logs", *words).exit_code == 2


def test_a_look_can_be_read_again(fake: Any, run: Any) -> None:
    (fake.current.folder / "looks.log").write_text(
        '{"n": 1, "at": 1.0, "what": "inspect", "topic": "proc", "rows": [{"unit": "api-1", "pid": 4712}]}\n',
        encoding="utf-8",
    )
    out = run("logs", "looks.log:1").output
    assert "looks.log:1  inspect" in out
    assert "4712" in out
