"""Scenarios: one precise way of breaking the system, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from lab.catalog.model import Model
from lab.catalog.signature import Reasons

Family = Literal["gateway", "refusing", "application", "request", "below-http", "latency", "edge", "incident"]
Route = Literal["direct", "link"]


class Routes(Model):
    """How each hop reaches the next one."""

    gateway_api: Route = "direct"
    api_payments: Route = "direct"


class Restart(Model):
    """What the service manager does when a process dies by itself."""

    policy: Literal["never", "always"] = "always"
    delay: float = 0.3
    """Seconds between the exit and the restart."""
    most: int = 20
    """Restarts before it gives up."""
    grows: float = Field(1.0, ge=1)
    """Factor by which each further delay is longer than the one before."""
    longest: float = Field(60.0, gt=0)
    """Seconds beyond which it grows no more."""


class GatewayConf(Model):
    """nginx settings that decide how a failure looks. Times are seconds."""

    read_timeout: float = 3.0
    connect_timeout: float = 2.0
    send_timeout: float = 3.0
    next_upstream: str = "off"
    max_fails: int = 0
    retry_after: int = 120
    """Retry-After of the gateway's maintenance page."""
    servers: tuple[str, ...] = ()
    """Peers of the upstream instead of the replicas, such as `<api-1> max_conns=2`.

    In this and the texts below, `<api-1>` is the address at which the gateway reaches a hop, and `<api-1.host>`,
    `<api-1.port>`, `<api-1.port+7>` are parts of it.
    """
    pass_to: str = "http://api"
    """Where requests are proxied to; `http://api` is the upstream."""
    connection: str = "close"
    """The Connection header of proxied requests; empty keeps connections open."""
    http_version: str = "1.1"
    """Of proxied requests, `1.0` or `1.1`."""
    worker_connections: int = 512
    """Connections of the one worker, to clients and replicas together."""
    main: str = ""
    """Further directives in nginx's words for that block of the configuration; so are the following."""
    events: str = ""
    http: str = ""
    upstream: str = ""
    server: str = ""
    location: str = ""


class ApiConf(Model):
    """Settings of the shop."""

    pool_size: int = 8
    """Connections in its database pool; there is no overflow."""
    pool_timeout: float = 2.0
    """Seconds that a request waits for a connection before it fails."""
    query_time: float = 0.0
    """Seconds that each query spends on its way to the database and back, holding its connection."""
    payments_timeout: float = 5.0
    """Seconds that the shop waits for payments."""
    busy_timeout: float = 2.0
    """Seconds that a statement waits for another transaction's lock."""
    query_limit: float = 0.0
    """Seconds after which a query is interrupted; 0: never."""


class Topology(Model):
    """The system before it is broken."""

    replicas: int = Field(1, ge=1, le=4)
    """Api processes behind the gateway."""
    edge: Literal["none", "cdn", "api-gateway"] = "none"
    """What stands in front of the gateway."""
    routes: Routes = Routes()
    gateway: GatewayConf = GatewayConf()
    api: ApiConf = ApiConf()
    restart: Restart = Restart()


class Draw(Model):
    """Something that the seed decides. Exactly one of the two is given."""

    one_of: tuple[Any, ...] = ()
    between: tuple[float, float] | None = None

    @field_validator("between")
    @classmethod
    def _ordered(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        if value and value[0] > value[1]:
            raise ValueError("the lower end comes first")
        return value


class Symptom(Model):
    """The request that shows the failure, and by which the round is proven. `$name` stands for a draw."""

    route: str = "$route"
    """A route of the shop (`checkout`, `orders`, …), or `any`."""
    status: tuple[int | Literal["none"], ...] = ()
    """What the client gets; by default what the signature says."""
    shows: str = ""
    """A fact that the request's own lines have to show; by default any that the signature shows."""
    within: float = 5.0
    """Seconds from the injection until it must have been seen, over and above the gateway's read timeout."""
    takes_a_timer: bool = False
    """Whether it takes as long as one of the gateway's timers although no 504 says so."""


class Measured(Model):
    """A part whose right value is measured in the round itself.

    Attributes: `of` says what is measured; see `lab.grading.measure`.
    """

    of: Literal["onset", "warning", "p50", "p95", "p99"]
    tolerance: float
    """Seconds for an onset, and a warning (from there to the first 5xx); a share (0.25 is ±25 %) for a percentile."""
    ask: str
    """The question, with units and window."""


class Answers(Model):
    """Where this scenario's accepted answers differ from its signature's. Each is value → why it is good."""

    status: tuple[int | Literal["none"], ...] = ()
    layer: Reasons = Field({})
    written_by: Reasons = Field({})
    fault_at: Reasons = Field({})
    next_step: Reasons = Field({})
    pattern: Reasons = Field({})
    """Asked only where given; so is `retry`."""
    retry: Reasons = Field({})


class Hint(Model):
    """One rung of the ladder of hints. It is charged only when it says something new."""

    says: str
    known_after: tuple[str, ...] = ()
    """Facts after whose sight the hint says nothing new, so it is free."""


class Hints(Model):
    """The three rungs."""

    look_here: Hint
    compare_these: Hint
    rule_out: Hint

    def rungs(self) -> tuple[tuple[str, Hint], ...]:
        """The rungs from the cheapest to the dearest, with their names."""
        return (("look here", self.look_here), ("compare these", self.compare_these), ("rule out", self.rule_out))


class Debrief(Model):
    """What is told when the round is over."""

    happened: Mapping[str, str]
    """Hop → what happened there, in the order in which a request travels."""
    first_checks: tuple[str, ...] = Field(min_length=1)
    """What to check first in real life."""
    prevent: tuple[str, ...] = Field(min_length=1)
    sources: tuple[str, ...] = ()
    """RFC sections, measured rows, manual pages."""


class Repair(Model):
    """What puts it right, and a tempting fake that must fail. Used by `lab repair`."""

    does: tuple[Mapping[str, Mapping[str, Any]], ...]
    fake: tuple[Mapping[str, Mapping[str, Any]], ...]


class Scenario(Model):
    """One file under `scenarios/<family>/`."""

    format_version: Literal[1]
    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    """The file's name. It is the answer, so a trainee sees the codename."""
    codename: str = Field(pattern=r"^[a-z]+-[a-z]+$")
    """Two neutral words."""
    family: Family
    """The folder's name."""
    title: str
    """What is broken, in one line; shown after the round only."""
    level: int = Field(ge=1, le=5)
    minutes: int = Field(ge=1)
    """How long a trainee needs."""
    version: int = 1
    """Counts changes that alter what a seed draws."""
    story: str
    """What the users report: symptoms only. `$name` stands for a draw."""
    mechanism: str
    """A mechanism of the vocabulary; its signature gives the defaults of the key."""
    fault: tuple[Mapping[str, Mapping[str, Any]], ...] = ()
    """Injector calls, each `name: {parameter: value}`. Empty: the system is healthy."""
    shape: Literal["standing", "recurring", "past"] = "standing"
    topology: Topology = Topology()
    vary: Mapping[str, Draw] = {}
    """Name → what the seed may draw for it."""
    symptom: Symptom = Symptom()
    decoy: str = ""
    """The noisy client whose complaint opened this round; for healthy systems."""
    clients: float = Field(20.0, gt=0, le=100)
    """Requests per second of background traffic."""
    before: float = Field(0.0, ge=0, le=30)
    """Seconds of undisturbed traffic before the fault, where the logs have to show what normal was."""
    key: Answers = Answers()
    asks: Mapping[str, Measured] = {}
    """Further parts that are measured, by name."""
    neighbours: tuple[str, ...] = ()
    """Mechanisms it is easily taken for; by default the look-alikes of its signature."""
    view: Literal["operator", "consumer"] = "operator"
    """A consumer gets what the client saw and a status page, and no logs."""
    upstream: Literal["any", "asgi", "lab-only"] = "lab-only"
    """In front of what it can be put: any server, an ASGI application, only the lab's own api."""
    requires: tuple[str, ...] = ()
    """What it needs besides the needs of its injectors, such as `oom`."""
    hints: Hints
    repair: Repair | None = None
    debrief: Debrief
    variants: Mapping[str, Mapping[str, Any]] = {}
    """Final id → keys that differ from this file. A file with variants yields only these."""
