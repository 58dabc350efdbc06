"""The figures, one function each."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

import beside_toxiproxy
import memory
import nginx_here
import warm
from figure import Figure, bare_python, run, seconds
from lab.catalog.load import find_scenario

LAB = [sys.executable, "-m", "lab"]


def help_cold() -> list[Figure]:
    """`lab --help`, from a shell's point of view."""
    return [Figure("`lab --help`, cold", "s", seconds(lambda: run([*LAB, "--help"]), 11), **bare_python(11))]


def first_answer() -> list[Figure]:
    """From nothing to the first 200 through the gateway, in a process that has its imports."""
    lab, floor = asyncio.run(warm.first_answers(9, nginx_here.path()))
    return [Figure("nothing → first 200, warm", "s", lab, "bare nginx to its first 200", floor)]


def start_and_stop() -> list[Figure]:
    """`lab start` of a plain scenario until its round is open, and `lab stop`."""
    opening, stopping = [], []
    for _ in range(5):
        opening += seconds(lambda: start("port-closed"), 1)
        stopping += seconds(stop, 1)
    floor = bare_python(11)
    return [
        Figure("`lab start port-closed`, cold, until open", "s", opening, **floor),
        Figure("`lab stop`", "s", stopping, **floor),
    ]


def timeout_round() -> list[Figure]:
    """A round whose failure is a timeout waits for that timeout once; what it takes besides is the lab's own."""
    read_timeout = find_scenario("slow-handler").topology.gateway.read_timeout
    beyond = []
    for _ in range(3):
        beyond += [wall - read_timeout for wall in seconds(lambda: start("slow-handler"), 1)]
        stop()
    what = f"`lab start slow-handler`, beyond its read timeout of {read_timeout:g} s"
    return [Figure(what, "s", beyond, **bare_python(5))]


def verify_all() -> list[Figure]:
    """`lab verify` over the whole catalogue, once."""
    report: dict[str, Any] = {}
    walls = seconds(lambda: report.update(json.loads(run([*LAB, "verify", "--json"]))), 1)
    return [Figure(f"`lab verify`, all {len(report['scenarios'])} scenarios", "s", walls)]


def memory_of_a_round() -> list[Figure]:
    """The proportional set size of everything that belongs to one open round."""
    if not memory.MEASURABLE:
        return []
    opened = start("healthy")  # of which every process runs
    try:
        sizes = memory.of_round(opened["round"], opened["folder"])
    finally:
        stop()
    what = f"memory of one open round ({len(sizes)} processes, PSS)"
    return [Figure(what, "MiB", [sum(sizes)], "one idle Python", [memory.of_idle_python()])]


FIGURES: dict[str, Callable[[], list[Figure]]] = {
    "help": help_cold,
    "first-200": first_answer,
    "start": start_and_stop,
    "timeout": timeout_round,
    "verify": verify_all,
    "memory": memory_of_a_round,
    "toxiproxy": beside_toxiproxy.plain,
    "toxiproxy-latency": beside_toxiproxy.with_latency,
    "toxiproxy-bandwidth": beside_toxiproxy.with_bandwidth,
    "toxiproxy-start": beside_toxiproxy.start,
}


def start(scenario: str) -> dict[str, Any]:
    """Open a round."""
    opened: dict[str, Any] = json.loads(run([*LAB, "start", scenario, "--json"]))
    return opened


def stop() -> None:
    """Take the newest round down."""
    run([*LAB, "stop", "--json"])


def stop_everything() -> None:
    """Take down what an interrupted figure left open."""
    run([*LAB, "stop", "--all", "--json"])
