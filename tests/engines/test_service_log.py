from __future__ import annotations

import re
from pathlib import Path

from lab.engines.service_log import ServiceLog
from lab.logs.parse import PARSERS


def test_every_line_has_the_form_that_the_log_reader_reads(tmp_path: Path) -> None:
    path = tmp_path / "process.log"
    log = ServiceLog(path)
    log.started("api-1", 4711)
    log.paused("api-1", 4711)
    log.resumed("api-1", 4711)
    log.exited("api-1", 4711, None, "SIGKILL")
    log.restarting("api-1", 0.3, 2)
    log.exited("api-1", 4712, 1, None)
    log.gave_up("api-1", 20)
    log.stopping("gateway", 10)
    log.stopped("gateway", 10)
    log.reloaded("gateway", 11)
    log.close()
    log.started("late", 1)
    lines = path.read_text().splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ", line) for line in lines)
    assert [line.split(" ", 1)[1] for line in lines] == [
        "api-1[4711]: started",
        "api-1[4711]: paused",
        "api-1[4711]: resumed",
        "api-1[4711]: exited on signal 9 (SIGKILL)",
        "api-1: restarting in 0.3 s (restart 2)",
        "api-1[4712]: exited with code 1",
        "api-1: gave up after 20 restarts",
        "gateway[10]: stopping (asked)",
        "gateway[10]: stopped",
        "gateway[11]: reloaded",
    ]
    parsed = [PARSERS["process"](line) for line in lines]
    assert [fields["event"] for fields in parsed] == [
        "started", "paused", "resumed", "exited", "restarting", "exited", "gave-up", "stopping", "stopped", "reloaded",
    ]  # fmt: skip
    assert (parsed[3]["unit"], parsed[3]["pid"], parsed[3]["signal"]) == ("api-1", 4711, 9)


def test_a_full_disk_stops_nobody() -> None:
    log = ServiceLog(Path("/dev/full"))
    log.started("api-1", 1)
    log.close()
