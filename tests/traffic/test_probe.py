from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from lab.errors import LabError
from lab.traffic.probe import fields, probe, probe_request

ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5000\r\nRetry-After: 120\r\nServer: nginx\r\n"
    b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n" + "é".encode() * 2500
)


async def test_a_probe_is_repeated_with_an_id_each(serve):
    ids = []

    async def handler(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        ids.append(re.search(rb"X-Request-Id: (\w+)", head)[1].decode())
        writer.write(ANSWER)
        await writer.drain()

    seen = await probe(await serve(handler), "GET", "/x", times=3, source="127.0.0.1", timeout=5)
    assert [one.rid for one in seen] == ids
    assert len(set(ids)) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", rid) for rid in ids)
    assert {(one.actor, one.client, one.route, one.status) for one in seen} == {("probe", "127.0.0.1", None, 503)}


async def test_the_fields_of_an_answer(answering):
    (seen,) = await probe(await answering(ANSWER), "GET", "/x?y", [("X-Request-Id", "mine")])
    told = fields(seen)
    phases = told.pop("phases")
    assert list(phases) == ["dns", "tcp", "tls", "first_byte", "total"]
    assert phases["dns"] == 0.0
    assert phases["tls"] is None
    assert phases["total"] >= phases["first_byte"] >= phases["tcp"] > 0
    assert told.pop("body") == "é" * 1024
    assert told == {
        "request": "GET /x?y",
        "method": "GET",
        "path": "/x?y",
        "rid": "mine",
        "client": None,
        "status": 503,
        "reason": "Service Unavailable",
        "errno": None,
        "error": None,
        "detail": None,
        "headers": {"content-length": "5000", "retry-after": "120", "server": "nginx", "set-cookie": "a=1, b=2"},
        "retry_after": "120",
        "server": "nginx",
        "bytes": 5000,
        "complete": True,
        "tls_peer": None,
    }


async def test_the_fields_of_a_failure_are_json(closed_port):
    (seen,) = await probe(closed_port, "GET", "/health")
    told = json.loads(json.dumps(fields(seen)))
    assert (told["errno"], told["error"], told["status"], told["phases"]["tcp"]) == (111, "refused", None, None)
    assert json.dumps(fields(replace(seen, body=b"\xff\x00")))


def test_given_headers_win():
    request = probe_request("GET", "/", [("accept", "text/csv"), ("USER-AGENT", "x")])
    assert request.headers == (("accept", "text/csv"), ("USER-AGENT", "x"))
    assert probe_request("GET", "/").headers == (("User-Agent", "lab-probe"), ("Accept", "*/*"))


@pytest.mark.parametrize("times", [0, 101])
async def test_a_probe_is_bounded(times):
    with pytest.raises(LabError, match="1 to 100"):
        await probe(("127.0.0.1", 1), "GET", "/", times=times)
