"""The pages that are no status and no errno: symptoms, mixes, what was measured, no status at all."""

from __future__ import annotations

from collections.abc import Iterable

from lab.guide.causes import capital, cause, lines, rows_named
from lab.guide.material import Material, status_topic
from lab.guide.page import Entry, Page, Section, Table, Text


def symptoms(material: Material) -> Page:
    """What is seen → most likely cause → first check; mechanisms that no symptom names come last."""
    entries = []
    named: set[str] = set()
    for one in material.prose.symptoms:
        mechanisms = material.known(one.mechanisms)
        if not mechanisms:
            continue
        first, *others = mechanisms
        named |= set(mechanisms)
        said = [("most likely", material.link(first)), ("first check", material.signature(first).check_first)]
        if others:
            said.append(("else", "; ".join(material.link(mechanism) for mechanism in others)))
        if one.also:
            said.append(("also", one.also))
        entries.append(Entry(title=capital(one.see), said=tuple(said)))
    sections = [Section("", tuple(entries))]
    for status, mechanisms in material.by_status.items():
        left = [mechanism for mechanism in mechanisms if mechanism not in named]
        if left:
            title = "No status" if status == "none" else f"Other ways to a {status_topic(status)}"
            sections.append(Section(title, (_rest(left, material),)))
    return Page("symptoms", "What you see, the most likely cause, the first check", tuple(sections))


def _rest(mechanisms: Iterable[str], material: Material) -> Table:
    rows = tuple((material.link(one), material.signature(one).check_first) for one in mechanisms)
    return Table(("cause", "first check"), rows)


def mix(material: Material) -> Page:
    """What the mix of codes over many lines says."""
    entries = tuple(
        Entry(
            title=capital(one.mix),
            text=f"{capital(one.says)}.",
            said=(
                ("first check", one.check),
                *(
                    (("causes", "; ".join(map(material.link, material.known(one.mechanisms)))),)
                    if one.mechanisms
                    else ()
                ),
            ),
        )
        for one in material.prose.mixes
    )
    several = tuple(
        (material.link(mechanism), ", ".join(f"[{topic}]({topic})" for topic in map(status_topic, told)))
        for mechanism, told in material.statuses.items()
        if len(told) > 1
    )
    sections = [
        Section(
            "",
            (
                Text(
                    "Take percentages and not counts, and look at each route and each minute by itself. In a round,"
                    " `lab logs --mix` counts; elsewhere the commands on the page of a code do."
                ),
                *entries,
            ),
        )
    ]
    if several:
        head = "One cause, several codes"
        sections.append(Section(head, (Table(("cause", "codes"), several),)))
    return Page("mix", "What a mix of codes says", tuple(sections))


def measured(material: Material) -> Page:
    """What guides say, what was measured, and how to see it oneself."""
    entries = []
    for one in material.prose.claims:
        plays = [
            mechanism
            for mechanism, signature in material.signatures.by_mechanism.items()
            if set(one.rows) & set(signature.rows) and material.played_by(mechanism)
        ]
        said = [("measured", f"{one.measured} ({rows_named(one.rows)})")]
        if plays:
            said.append(("see", "; ".join(map(material.link, plays))))
        starts = tuple(start for mechanism in plays for start in material.starts(mechanism))
        entries.append(Entry(title=f"Said: {one.said}", said=tuple(said), starts=starts))
    told = (
        "Measured with nginx 1.22.1 on Linux 6.18 and loopback addresses. A row is a failure that was caused for real;"
        " its number stands beside what rests on it throughout the guide."
    )
    return Page("measured", "What guides say and what was measured", (Section("", (Text(told), *entries)),))


def below_http(material: Material) -> Page:
    """No status: what the client gets instead."""
    entries = []
    for one in material.prose.cases:
        marks = [f"[{one.errno}]({one.errno})"] if one.errno else []
        marks += [f"curl {', '.join(str(code) for code in one.curl)}"]
        said = [("shows as", ", ".join(marks)), ("first check", one.check)]
        said += _causes(one.mechanisms, material)
        entries.append(Entry(title=capital(one.got), text=f"{capital(one.says)}.", said=tuple(said)))
    mechanisms = material.with_status("none")
    rows = material.rows(besides=mechanisms, status="none")
    says = (
        "Nothing arrived that has a status, so the gateway's access log cannot help: either the request never got to"
        " nginx, or its answer never got back. Begin at the client: its error, and how long it took."
    )
    sections = (
        Section("", (Text(says),)),
        Section("What the client gets", tuple(entries)),
        Section("What the line says", tuple(lines(mechanisms, rows, material, on="below-http"))),
        Section("Causes", tuple(cause(mechanism, material, on="below-http") for mechanism in mechanisms)),
    )
    return Page("below-http", "No status at all", tuple(section for section in sections if section.blocks))


def _causes(mechanisms: Iterable[str], material: Material) -> list[tuple[str, str]]:
    known = material.known(mechanisms)
    return [("causes", "; ".join(map(material.link, known)))] if known else []
