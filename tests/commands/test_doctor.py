from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lab.round import doctor


def found(name: str) -> dict[str, Any]:
    return next(check for check in doctor.checks() if check["check"] == name)


def test_every_check_has_the_agreed_keys_and_a_cure_only_where_it_is_needed() -> None:
    checks = doctor.checks()
    assert [check["check"] for check in checks] == [
        "python",
        "nginx",
        "compose",
        "addresses",
        "descriptors",
        "home",
        "space",
        "leftovers",
    ]
    assert all(set(check) == {"check", "ok", "found", "cure"} for check in checks)
    assert all(bool(check["cure"]) is not check["ok"] for check in checks)


def test_an_nginx_that_is_none_is_missing_with_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_NGINX", "/dev/null")
    assert found("nginx")["ok"] is False


def test_a_home_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_HOME", "/dev/null/home")
    check = found("home")
    assert check["ok"] is False
    assert "/dev/null/home" in check["found"]


def test_few_descriptors_are_too_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.resource, "getrlimit", lambda what: (64, 64))
    assert found("descriptors")["ok"] is False


def test_a_full_disk_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM", 2**62)
    assert found("space")["ok"] is False


def test_a_dead_round_is_a_leftover(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "list_rounds", lambda: [{"round": "r", "state": "broken", "died": True}])
    check = found("leftovers")
    assert (check["ok"], check["cure"]) == (False, "Run `lab stop --all`.")


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_the_command_prints_them_and_fails_if_one_does(
    ok: bool, code: int, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = {"check": "nginx", "ok": ok, "found": "1.22.1", "cure": "" if ok else "Install it."}
    monkeypatch.setattr(doctor, "checks", lambda: [check])
    result = run("doctor")
    assert result.exit_code == code
    assert ("Install it." in result.output) is not ok
    assert json.loads(run("doctor", "--json").stdout) == [check]


def test_nothing_is_left_in_the_home(lab_home: Path) -> None:
    doctor.checks()
    assert list(lab_home.iterdir()) == []
