from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.upstream.__main__ import listening, settings, told

ROOT = Path(__file__).parents[2]


def environment(folder, **more):
    return {
        "UPSTREAM_KIND": "api",
        "UPSTREAM_NAME": "api-1",
        "UPSTREAM_LOG": str(folder / "logs" / "api-1" / "app.log"),
        "UPSTREAM_DATABASE": str(folder / "shop.db"),
        "UPSTREAM_TOKEN": "an-admin-token",
        "UPSTREAM_SECRET": "a-secret",
        "UPSTREAM_LISTEN": f"127.0.0.1:{free_port()}",
        "UPSTREAM_ADMIN": f"127.0.0.1:{free_port()}",
        **more,
    }


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def program(variables, *arguments, given=None):
    process = subprocess.Popen(
        [sys.executable, "-m", "lab.upstream", *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        if given is not None:
            process.stdin.write(given + "\n")
            process.stdin.flush()
        yield process
    finally:
        process.kill()
        process.communicate()


def get(address, path, **headers):
    deadline = time.monotonic() + 10
    while True:
        try:
            asked = urllib.request.Request(f"http://{address}{path}", headers=headers)
            with urllib.request.urlopen(asked, timeout=5) as answer:
                return json.load(answer)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_each_setting_is_read_as_what_it_is():
    given = {
        "UPSTREAM_NAME": "api-1",
        "UPSTREAM_POOL_SIZE": "3",
        "UPSTREAM_QUERY_TIME": "0.5",
        "UPSTREAM_FAULTS": '[{"name": "slow", "seconds": 1}]',
        "UPSTREAM_PAYMENTS": "",
        "UPSTREAM_LISTEN": "127.0.0.1:1",
        "PATH": "/bin",
    }
    faults = [{"name": "slow", "seconds": 1}]
    assert settings(given) == {"name": "api-1", "pool_size": 3, "query_time": 0.5, "faults": faults}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("UPSTREAM_POOL", "3", "there is no setting for UPSTREAM_POOL"),
        ("UPSTREAM_POOL_SIZE", "three", "UPSTREAM_POOL_SIZE=three can't be read"),
        ("UPSTREAM_FAULTS", "[", r"UPSTREAM_FAULTS=\[ can't be read"),
    ],
)
def test_a_variable_that_cannot_be_read_is_named(name, text, said):
    with pytest.raises(ValueError, match=said):
        settings({name: text})


@pytest.mark.parametrize("text", ["", "8000", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536"])
def test_an_address_is_a_host_and_a_port(text):
    with pytest.raises(ValueError, match="UPSTREAM_LISTEN is HOST:PORT"):
        listening(text, "UPSTREAM_LISTEN")


def test_it_serves_what_the_environment_says_until_it_is_told_to_stop(tmp_path):
    variables = environment(tmp_path, UPSTREAM_POOL_SIZE="3")
    with program(variables) as process:
        assert len(get(variables["UPSTREAM_LISTEN"], "/products")) == 60
        state = get(variables["UPSTREAM_ADMIN"], "/state", Authorization="Bearer an-admin-token")
        assert (state["name"], state["pool"]["size"]) == ("api-1", 3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    assert '"app.stopping"' in (tmp_path / "logs" / "api-1" / "app.log").read_text()


def test_payments_needs_neither_database_nor_secret(tmp_path):
    variables = environment(tmp_path, UPSTREAM_KIND="payments", UPSTREAM_SECRET="", UPSTREAM_DATABASE="")
    with program(variables):
        assert get(variables["UPSTREAM_LISTEN"], "/health")["status"] == "ok"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"UPSTREAM_SECRET": ""}, "upstream: an api needs a secret and a database\n"),
        ({"UPSTREAM_NAME": ""}, "upstream: missing settings: name\n"),
        ({"UPSTREAM_ADMIN": "here"}, "upstream: UPSTREAM_ADMIN is HOST:PORT, not 'here'\n"),
    ],
)
def test_what_is_not_possible_is_one_line(tmp_path, more, said):
    with program(environment(tmp_path, **more)) as process:
        assert process.wait(10) == 2
        assert process.stderr.read() == said


def test_with_a_dash_it_is_told_by_a_line_of_its_input(tmp_path):
    variables = environment(tmp_path)
    given = {name.removeprefix("UPSTREAM_").lower(): text for name, text in variables.items()}
    given |= {"faults": [{"name": "maintenance", "retry_after": 7}], "pool_size": 3}
    with program({}, "-", given=json.dumps(given)) as process:
        state = get(given["admin"], "/state", Authorization="Bearer an-admin-token")
        assert (state["pool"]["size"], list(state["faults"])) == (3, ["maintenance"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["-"], "", "standard input has no line with a JSON object"),
        (["-"], "[1]", "standard input has no line with a JSON object"),
        (["-"], '{"admin": "nowhere"}', "UPSTREAM_ADMIN is HOST:PORT, not 'nowhere'"),
        (["--help"], "", "there is no argument but `-`, not --help"),
    ],
)
def test_what_it_is_told_wrong_is_said_in_one_line(arguments, given, said):
    with program({}, *arguments, given=given) as process:
        assert process.wait(10) == 2
        assert said in process.stderr.read()


def test_a_line_of_its_input_is_an_object():
    assert told('{"a": 1}\n') == {"a": 1}
