"""The brief: what the trainee is told at the start."""

from __future__ import annotations

from lab.catalog.scenario import Scenario
from lab.round.draws import fill
from lab.round.run import Run

FIRST_LINE = "This system is broken on purpose: the errors in it are the exercise."

_LOGS = """\
| log | what it is |
|---|---|
| gateway/access.log | nginx, combined format |
| gateway/lab.log | nginx, with request id, times and upstream (rt uct uht urt us ua) |
| gateway/error.log | nginx, level info |
| api-N/app.log | the application, one JSON object a line |
| payments/app.log | the service behind it |
| system/process.log | the service manager: starts, exits, signals, restarts |
| client/client.log | what clients saw |
"""


def brief(scenario: Scenario, run: Run, *, expires: str) -> str:
    """Markdown: symptoms, the system, the request that the questions are about, and how to go on."""
    first = run.first
    assert first is not None  # a round is open only when a request has been named
    got = f"status {first.status}" if first.status is not None else f"no status ({first.error})"
    story = " ".join(fill(scenario.story, run.draws).split())
    replicas = scenario.topology.replicas
    apis = "api-1" if replicas == 1 else f"api-1 … api-{replicas}"
    timeout = float(run.stack.conf["read_timeout"])
    reached = ", ".join(f"{hop} at {address}" for hop, address in run.stack.reached.items() if hop != "gateway")
    return f"""{FIRST_LINE}

# {scenario.codename}

{story}

## The request that the questions are about

`{first.method} {first.path}` got {got}. Its id is `{run.request_id}`; every hop that saw it wrote the id into its
log, and the answer carries it in `X-Request-Id`.

## The system

    client -> gateway (nginx) -> {apis} (the shop) -> payments

Clients connect to http://{run.stack.gateway.address}. Peers reach {reached}. The gateway
waits {timeout:g} s for an answer; such times stand for the 60 s of a real nginx. {_view(scenario)}

## What to do

- `lab logs` shows the mix of answers and the first failing request; `lab logs gateway/error.log` a log with numbers.
- `lab trace {run.request_id}` shows that request at every hop.
- `lab probe /products --via gateway` sends a request; `lab inspect proc api-1` reads a process.
- `lab answer` asks the questions. Three tries; evidence is cited as `gateway/error.log:17`, `looks.log:4` or
  `absent:api-1/app.log@REQUEST_ID`. `lab hint` helps, `lab give-up` shows the key.

The round ends by itself at {expires}; `lab extend` gives it more time.
"""


def _view(scenario: Scenario) -> str:
    if scenario.view == "consumer":
        return "You are a customer of it: you have what clients saw and a status page, and no logs."
    return f"These logs are yours (`lab logs NAME`):\n\n{_LOGS}"
