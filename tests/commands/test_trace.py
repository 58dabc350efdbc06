from __future__ import annotations

import json
from typing import Any

from lab.errors import LabError

RID = "5f3a9c0d1e2b4a6f"


def test_one_request_across_all_hops(fake: Any, run: Any) -> None:
    found = [line["ref"] for line in json.loads(run("trace", RID, "--json").stdout)]
    assert found[0] == "gateway/error.log:1" or "gateway/error.log:1" in found
    assert {"gateway/lab.log:2", "gateway/access.log:2", "api-1/app.log:2", "client/client.log:1"} <= set(found)
    assert not {"gateway/lab.log:1", "api-1/app.log:1"} & set(found)


def test_the_beginning_of_an_id_is_enough(fake: Any, run: Any) -> None:
    assert f"Request {RID}" in run("trace", "5f3a").output


def test_silence_is_said_in_the_form_in_which_it_is_cited(fake: Any, run: Any) -> None:
    assert "absent:" not in run("trace", RID).output  # it reached the api; that payments is silent follows
    (fake.current.folder / "logs" / "api-1" / "app.log").write_text("", encoding="utf-8")
    out = run("trace", RID).output
    assert f"absent:api-1/app.log@{RID}" in out
    assert "absent:payments" not in out


def test_an_unknown_request_is_an_error(fake: Any, run: Any) -> None:
    assert isinstance(run("trace", "ffff").exception, LabError)
