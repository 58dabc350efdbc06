"""Tests that leave things behind; `tests/test_leaks.py` runs them in a project of their own."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

SLEEP = [sys.executable, "-c", "import time; print(flush=True); time.sleep(61.7)"]


def start(*more, **options):
    process = subprocess.Popen(SLEEP, stdout=subprocess.PIPE, **options)
    process.stdout.readline()
    return process


kept = []


def test_clean(lab_home, tmp_path):
    with start() as process:
        process.kill()
    final = lab_home / "rounds" / "r1"
    final.mkdir(parents=True)
    (final / "state.json").write_text('{"state": "closed"}')
    (tmp_path / "error.log").write_text("[error] one\n")


def test_child_left():
    kept.append(start())


def test_orphan_left_with_mark():
    program = f"import subprocess; subprocess.Popen({SLEEP!r}, start_new_session=True)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_orphan_left_in_folder(tmp_path):
    detached = "start_new_session=True, env={}, stdout=open('log', 'w')"
    program = f"import subprocess; subprocess.Popen({SLEEP!r}, {detached})"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)


def test_ends_within_patience():
    kept.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.2)"]))


def test_listener_left():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    kept.append(listener)


def test_round_left(lab_home):
    folder = lab_home / "rounds" / "r2"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text('{"state": "open"}')


@pytest.mark.rounds_left_expected
def test_round_left_as_expected(lab_home):
    test_round_left(lab_home)


def test_alert(tmp_path):
    log = tmp_path / "gateway" / "error.log"
    log.parent.mkdir()
    log.write_text("2026/11/21 12:00:00 [alert] 1#1: worker process 2 exited on signal 9\n")


@pytest.mark.alert_expected
def test_alert_as_expected(tmp_path):
    test_alert(tmp_path)


@pytest.fixture(scope="module")
def wide():
    with start() as process:
        yield
        process.kill()
    for thing in kept:
        if isinstance(thing, socket.socket):
            thing.close()


def test_wider_fixture_is_not_left_by_the_test(wide):
    pass


@pytest.mark.nginx
def test_needs_nginx():
    pass
