"""The page of timers: who owns which, and the defaults of nginx and of other gateways."""

from __future__ import annotations

from lab.catalog.scenario import GatewayConf
from lab.guide.causes import capital, rows_named
from lab.guide.material import Material
from lab.guide.page import Entry, Items, Page, Section, Table, Text


def timeouts(material: Material) -> Page:
    """Who owns which timer, what comes of it, and how the lab scales it."""
    timers, lab = material.prose.timers, GatewayConf()
    phases = tuple(
        Entry(
            title=capital(one.phase),
            said=(
                ("timer", f"{one.timer}, {one.default} ({one.owner})"),
                ("then", one.then),
                *((("measured", rows_named(one.rows)),) if one.rows else ()),
            ),
        )
        for one in timers.phases
    )
    gateways = tuple(
        Entry(
            title=one.gateway,
            said=tuple(
                (label, text)
                for label, text in (
                    ("to connect", one.connect),
                    ("to answer", one.answer),
                    ("idle", one.idle),
                    ("then", one.then),
                    ("source", one.source),
                )
                if text
            ),
        )
        for one in timers.gateways
    )
    scaled = Table(
        ("timer", "in a lab", "stands for"),
        tuple(
            (timer, f"{seconds:g} s", "60 s")
            for timer, seconds in (
                ("proxy_connect_timeout", lab.connect_timeout),
                ("proxy_send_timeout", lab.send_timeout),
                ("proxy_read_timeout", lab.read_timeout),
            )
        ),
    )
    return Page(
        "timeouts",
        "Who owns which timer",
        (
            Section(
                "",
                (
                    Text(
                        "The shortest timer on the way decides what is seen: whoever gives up first writes the status,"
                        " and the others log something else for the same request. From the outside inwards they should"
                        " get shorter, so that the one who knows most gives up first."
                    ),
                    Items(
                        (
                            "rt of a failure is the timer: many alike to the millisecond name it",
                            "uct tells which: `-` is connecting, a number is waiting for the answer",
                            "a work that was given up may still be done: see the application's log before repeating it",
                        )
                    ),
                ),
            ),
            Section(
                "nginx and around it, in the order of a request", (*phases, Text(f"Sources: {timers.phase_sources}."))
            ),
            Section(
                "Gateways and what they wait by default",
                (Text("What is left out could not be checked in the source that is named."), *gateways),
            ),
            Section(
                "Scaled times in a round",
                (
                    Text(
                        "A round lasts minutes, so its timers are shorter. The brief says how short, and what that"
                        " stands for; a scenario may set others."
                    ),
                    scaled,
                ),
            ),
        ),
    )
