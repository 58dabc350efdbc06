"""A small catalogue and small rounds of it, for tests of grading that must not depend on the shipped one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lab.catalog.load import load_signatures
from lab.catalog.scenario import Scenario
from lab.catalog.signature import Signatures
from lab.catalog.vocabulary import Vocabulary
from lab.logs.line import Line, Look
from lab.logs.parse import PARSERS, kind_of
from lab.logs.record import Record

NOW = 1795262400.0  # 2026-11-21T12:00:00Z
RID = "aaaa1111"

FACTS = """
format_version: 1
facts:
  - id: refused
    says: the connection to the next hop came back at once, so that host answered
    signs: [{in: gateway-error, where: {errno: 111, phase: connecting}}]
  - id: never-connected
    says: the gateway never got a connection (uct is -)
    signs: [{in: gateway-lab, where: {status: 502, us: 502, uct: unset}}]
  - id: api-stopped
    says: the service manager says since when the unit was not there
    may_precede: true
    signs:
      - {in: process, where: {unit: ~^api, event: stopped}}
      - {in: inspect, where: {topic: proc, unit: ~^api, state: stopped}}
  - id: answers-directly
    says: a probe past the gateway is answered as usual
    signs: [{in: probe, where: {via: ~^api, status: 200}}]
  - id: waited
    says: the gateway's own timer ran out while it waited for a header
    signs:
      - {in: gateway-lab, where: {status: 504, us: 504, uct: set, uht: unset}}
      - {in: gateway-error, where: {errno: 110, phase: reading header}}
  - id: api-late
    says: the log of the next hop has the request finished after all
    signs: [{in: app, where: {hop: ~^api, event: request.finished, status: 200, route: $route, ms: ">= $limit_ms"}}]
  - id: api-silent
    says: no application knows of the request
    signs: [{in: absence, where: {log: "~^api-\\\\d+/app"}}]
signatures:
  - mechanism: closed-port
    status: [502]
    layer: {tcp: no connection came about, app: the process behind it is gone}
    written_by: {gateway: the page is nginx's own}
    fault_at: {api: its process is gone}
    next_step: {start-it: bring it back}
    shows: [refused, never-connected, api-stopped]
    lacks: [answers-directly]
    lookalikes: {wrong-door: [api-stopped]}
  - mechanism: wrong-door
    status: [502]
    layer: {tcp: no connection came about}
    written_by: {gateway: the page is nginx's own}
    fault_at: {gateway: it asks elsewhere}
    next_step: {compare-addresses: what is dialled and what listens}
    shows: [refused, never-connected, answers-directly]
    lacks: [api-stopped]
    lookalikes: {closed-port: [answers-directly]}
  - mechanism: slow-work
    status: [504]
    layer: {app: the time went by there}
    written_by: {gateway: its timer ran out}
    fault_at: {api: it worked all the time}
    next_step: {profile: find what it waits for}
    shows: [waited, api-late]
    lookalikes: {deaf: [api-late]}
  - mechanism: deaf
    status: [504]
    layer: {app: the process never took it up}
    written_by: {gateway: its timer ran out}
    fault_at: {api: the process hangs}
    next_step: {profile: look at its state}
    shows: [waited, api-silent]
    lookalikes: {slow-work: [api-silent]}
"""


def _terms(*rows: tuple[str, ...]) -> list[dict[str, object]]:
    return [{"id": id_, "title": title, "says": f"{title}.", "aliases": aliases} for id_, title, *aliases in rows]


def vocabulary() -> Vocabulary:
    return Vocabulary.model_validate(
        {
            "format_version": 1,
            "layers": _terms(
                ("request", "Request"), ("dns", "DNS"), ("tcp", "TCP", "network"), ("tls", "TLS"),
                ("gateway", "Gateway", "nginx"), ("app", "Application"), ("data", "Data"),
                ("dependency", "Dependency"), ("none", "No layer"),
            ),
            "hops": _terms(
                ("client", "Client"), ("edge", "Edge"), ("gateway", "Gateway", "nginx"), ("network", "Network"),
                ("dns", "Name server"), ("api", "Api", "app"), ("database", "Database"), ("payments", "Payments"),
                ("none", "Nobody"),
            ),
            "mechanisms": _terms(
                ("closed-port", "Nothing listens on the port", "connection refused", "app down"),
                ("wrong-door", "Wrong address", "misconfigured upstream"),
                ("slow-work", "A handler is slower than the timeout", "slow handler"),
                ("deaf", "The process does not accept", "hung process"),
            ),
            "next_steps": _terms(
                ("start-it", "Start it"), ("compare-addresses", "Compare addresses"), ("profile", "Profile"),
                ("raise-timeout", "Wait longer"), ("fix-request", "Correct the request"), ("nothing", "Do nothing"),
                ("start-gateway", "Start nginx"),
            ),
            "patterns": _terms(
                ("every-request", "Every request"), ("one-route", "One route"), ("one-client", "One client"),
                ("one-replica", "One replica"), ("growing", "Growing"),
            ),
            "retries": _terms(
                ("no-retry", "No"), ("once-with-backoff", "Once"), ("after-retry-after", "After Retry-After"),
                ("outcome-unknown", "Unknown"),
            ),
        }
    )  # fmt: skip


def signatures(folder: Path) -> Signatures:
    """The small signatures, read from a file in `folder` as the shipped ones are."""
    (folder / "small.yaml").write_text(FACTS)
    return load_signatures(folder)


def scenario(id_: str, mechanism: str, *, level: int = 2, **more: object) -> Scenario:
    said = {
        "format_version": 1, "id": id_, "codename": "grey-heron", "family": "gateway", "title": f"The title of {id_}",
        "level": level, "minutes": 5, "story": "It fails.", "mechanism": mechanism,
        "hints": {rung: {"says": "Look."} for rung in ("look_here", "compare_these", "rule_out")},
        "debrief": {"happened": {"client": "it failed"}, "first_checks": ["look"], "prevent": ["care"]},
    }  # fmt: skip
    return Scenario.model_validate(said | more)


def line(log: str, n: int, text: str) -> Line:
    kind = kind_of(log)
    fields = PARSERS[kind](text)
    assert fields, f"{log}:{n} cannot be read: {text}"
    return Line(log, n, text, kind, fields)


def stamp(second: float) -> str:
    whole = int(second)
    return f"12:{whole // 60:02d}:{whole % 60:02d}"


def lab_line(
    n: int, second: float, rid: str, *, status: int = 200, us: str = "200", rt: float = 0.004, uct: str = "0.000",
    uht: str | None = None, ua: str = "127.77.1.21:8000", client: str = "127.77.1.101", path: str = "/products",
    method: str = "GET", conn: int = 0,
) -> Line:  # fmt: skip
    uht = uht if uht is not None else f"{rt:.3f}"
    text = (
        f'2026-11-21T{stamp(second)}+00:00 {client} "{method} {path} HTTP/1.1" status={status} bytes=157 rid={rid} '
        f'rt={rt:.3f} uct="{uct}" uht="{uht}" urt="{rt:.3f}" us="{us}" ua="{ua}" cs=- ubr="0" cl=157 '
        f"conn={conn or n} reqs=1 msec={NOW + second:.3f}"
    )
    return line("gateway/lab.log", n, text)


def error_line(n: int, second: float, message: str, *, conn: int, level: str = "error") -> Line:
    path = "/products"
    text = (
        f"2026/11/21 {stamp(second)} [{level}] 71#71: *{conn} {message}, client: 127.77.1.101, server: shop, "
        f'request: "GET {path} HTTP/1.1", upstream: "http://127.77.1.21:8000{path}", host: "127.77.1.10:8080"'
    )
    return line("gateway/error.log", n, text)


def app_line(n: int, second: float, rid: str, *, status: int = 200, ms: float = 2.0, route: str = "products") -> Line:
    text = (
        f'{{"ts": "2026-11-21T{stamp(second)}.000Z", "level": "info", "hop": "api-1", "event": "request.finished", '
        f'"rid": "{rid}", "route": "{route}", "status": {status}, "ms": {ms}}}'
    )
    return line("api-1/app.log", n, text)


def client_line(n: int, second: float, rid: str, *, status: int | None = 200, errno: int | None = None) -> Line:
    text = (
        f'{{"ts": "2026-11-21T{stamp(second)}.000Z", "client": "127.77.1.101", "actor": "shopper", "rid": "{rid}", '
        f'"method": "GET", "path": "/products", "route": "products", "status": {"null" if status is None else status}, '
        f'"errno": {"null" if errno is None else errno}, "total": 0.004, "bytes": 157, "retry_after": null}}'
    )
    return line("client/client.log", n, text)


REFUSED = "connect() failed (111: Connection refused) while connecting to upstream"
TIMED_OUT = "upstream timed out (110: Connection timed out) while reading response header from upstream"


def closed_port() -> Record:
    """Ten good requests, then the api is stopped and ten are refused; the first of those is the named one."""
    lines = []
    for n in range(1, 11):
        lines += [lab_line(n, n, f"good{n}"), app_line(n, n, f"good{n}"), client_line(n, n, f"good{n}")]
    lines.append(error_line(1, 5, "client prematurely closed connection while sending to client", conn=5, level="info"))
    lines.append(line("system/process.log", 1, "2026-11-21T12:00:01.000Z api-1[40]: started"))
    lines.append(line("system/process.log", 2, "2026-11-21T12:00:11.000Z api-1[40]: stopped"))
    for n in range(11, 21):
        rid = RID if n == 11 else f"bad{n}"
        client = f"127.77.1.{101 + n % 2}"
        lines.append(lab_line(n, n + 1, rid, status=502, us="502", uct="-", uht="-", rt=0.0, client=client))
        lines.append(error_line(n - 9, n + 1, REFUSED, conn=n))
        lines.append(client_line(n, n + 1, rid, status=502))
    start = {
        "gateway/lab.log": 10, "gateway/error.log": 1, "api-1/app.log": 10, "client/client.log": 10,
        "system/process.log": 2,
    }  # fmt: skip
    return Record(tuple(lines), start=start, request_id=RID, injected_at=NOW + 11)


def wrong_door() -> Record:
    """As `closed_port`, but the api was never stopped, and a probe past the gateway was answered."""
    record = closed_port()
    lines = tuple(one for one in record.lines if one.ref != "system/process.log:2")
    looks = (Look(1, "probe", {"via": "api-1", "request": "GET /products", "status": 200}, NOW + 30),)
    return replace(record, lines=lines, looks=looks, start={**record.start, "system/process.log": 1})


def slow_work(*, heard: bool = True) -> Record:
    """Ten good requests, then ten that the gateway gives up after 3 s; the api finishes them later if it `heard`."""
    lines = []
    for n in range(1, 11):
        lines += [lab_line(n, n, f"good{n}"), app_line(n, n, f"good{n}"), client_line(n, n, f"good{n}")]
    for n in range(11, 21):
        rid = RID if n == 11 else f"bad{n}"
        lines.append(lab_line(n, n + 4, rid, status=504, us="504", uht="-", rt=3.0, client=f"127.77.1.{101 + n % 2}"))
        lines.append(error_line(n - 10, n + 4, TIMED_OUT, conn=n))
        lines.append(client_line(n, n + 4, rid, status=504))
        if heard:
            lines.append(app_line(n, n + 5, rid, ms=4000))
    start = {"gateway/lab.log": 10, "gateway/error.log": 0, "api-1/app.log": 10, "client/client.log": 10}
    draws = {"route": "products", "limit_ms": 3000}
    return Record(tuple(lines), start=start, request_id=RID, injected_at=NOW + 11, draws=draws)
