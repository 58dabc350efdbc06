from __future__ import annotations

import json
from typing import Any

import pytest

from lab.catalog.load import load_scenarios
from lab.cli import main
from lab.commands import tour
from lab.errors import LabError


@pytest.fixture
def healthy(fake: Any) -> Any:
    """The fake round, with the lines that a checkout leaves at every hop."""
    look = fake.current.answers["probe"]["looks"][0]
    ends = {"dns": 0.0, "tcp": 0.001, "tls": None, "first_byte": 0.06, "total": 0.061}
    seen = {**look, "request": "POST /checkout", "rid": "cccc", "phases": ends}
    fake.current.answers["probe"] = {"looks": [seen]}
    logs = fake.current.folder / "logs"
    line = (logs / "gateway" / "lab.log").read_text(encoding="utf-8").splitlines()[1]
    for old, new in (
        ("rid=5f3a9c0d1e2b4a6f", "rid=cccc"),
        ("status=502", "status=200"),
        ('us="502"', 'us="200"'),
        ('uht="-"', 'uht="0.058"'),
        ("rt=0.021", "rt=0.059"),
    ):
        line = line.replace(old, new)
    with (logs / "gateway" / "lab.log").open("a", encoding="utf-8") as out:
        out.write(line + "\n")
    for hop, ts, ms in (("api-1", "12:00:01.250", 56.0), ("payments", "12:00:01.245", 41.0)):
        row = {
            "ts": f"2026-11-21T{ts}Z",
            "hop": hop,
            "event": "request.finished",
            "rid": "cccc",
            "status": 200,
            "ms": ms,
        }
        with (logs / hop / "app.log").open("a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")
    return fake


def test_it_walks_one_request_through_all_hops(healthy: Any, run: Any) -> None:
    result = run("tour")
    assert result.exit_code == 0
    asked = healthy.current.last("probe")
    assert (asked["path"], asked["method"], asked["via"]) == ("/checkout", "POST", "gateway")
    for words in ("payments     41 ms", "api          56 ms", "uht     58 ms", "payments/app.log:2"):
        assert words in result.output
    assert healthy.stopped == ["silver-anchor-ab12"]


def test_a_hop_that_stays_silent_is_named_and_the_system_taken_down(
    healthy: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tour, "PATIENCE", 0.05)
    (healthy.current.folder / "logs" / "payments" / "app.log").unlink()
    error = run("tour").exception
    assert isinstance(error, LabError)
    assert error.what.startswith("Only api, gateway logged")
    assert healthy.stopped == ["silver-anchor-ab12"]


def test_bars_nest_as_the_calls_do() -> None:
    client = {"tcp": 0.001, "total": 0.061}
    api, payments = {"at": 10.060, "ms": 56.0}, {"at": 10.055, "ms": 41.0}
    bars = tour.bars(client, {"uct": 0.001, "rt": 0.059}, api, payments)
    assert [bar.name for bar in bars] == ["client", "gateway", "api", "payments"]
    starts = [bar.start for bar in bars]
    assert starts == sorted(starts)
    assert bars[3].start == pytest.approx(0.002 + (10.014 - 10.004))


def test_its_scenario_has_no_fault() -> None:
    assert load_scenarios()[tour.SCENARIO].fault == ()


@pytest.mark.nginx
def test_in_a_real_system_every_hop_has_its_bar_and_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tour"]) == 0
    out = capsys.readouterr().out
    for words in ("and got 200", "payments/app.log:", "gateway/lab.log:", "api-1/app.log:"):
        assert words in out
