from __future__ import annotations

import json
from typing import Any

from lab.commands.probe import phases


def test_the_request_reaches_the_round_as_it_was_given(fake: Any, run: Any) -> None:
    run("probe", "/login", "-d", "{}", "-H", "X-A: b", "--via", "api-1")
    assert fake.current.last("probe") == {
        "path": "/login",
        "via": "api-1",
        "method": "POST",
        "headers": ["X-A: b"],
        "body": "{}",
        "times": 1,
    }


def test_it_prints_itself_as_curl_and_how_to_cite_it(fake: Any, run: Any) -> None:
    out = run("probe", "/health", "-H", "X-A: b c").output
    assert "$ curl -i -H 'X-A: b c' http://127.77.3.10:8080/health" in out
    assert "looks.log:1" in out
    assert "first byte" in out


def test_json_is_one_object_and_with_times_an_array(fake: Any, run: Any) -> None:
    assert json.loads(run("probe", "/health", "--json").stdout)["look"] == 1
    look = fake.current.answers["probe"]["looks"][0]
    fake.current.answers["probe"] = {"looks": [look, {**look, "look": 2}]}
    assert [one["look"] for one in json.loads(run("probe", "/health", "--times", "2", "--json").stdout)] == [1, 2]
    assert "looks.log:2" in run("probe", "/health", "--times", "2").output


def test_a_refused_connection_shows_its_number_and_sentence(fake: Any, run: Any) -> None:
    look = fake.current.answers["probe"]["looks"][0]
    never = {"dns": 0.0, "tcp": None, "tls": None, "first_byte": None, "total": 0.0002}
    refused = {"status": None, "errno": 111, "error": "refused", "detail": "Connection refused while connecting."}
    fake.current.answers["probe"] = {"looks": [{**look, **refused, "phases": never, "headers": {}, "body": ""}]}
    out = run("probe", "/health").output
    assert "no status, refused (errno 111)" in out
    assert "Connection refused while connecting." in out
    assert "no connection" in out


def test_a_header_without_a_colon_is_a_usage_error(fake: Any, run: Any) -> None:
    assert run("probe", "/health", "-H", "nonsense").exit_code == 2
    assert not fake.current.asked


def test_phases_are_the_differences_of_the_times_at_which_they_ended() -> None:
    ends = {"dns": 0.0, "tcp": 0.1, "tls": None, "first_byte": 0.4, "total": 0.5}
    bars = [(bar.name, bar.start, bar.end) for bar in phases(ends)]
    assert bars == [("connect", 0.0, 0.1), ("first byte", 0.1, 0.4), ("rest", 0.4, 0.5)]
