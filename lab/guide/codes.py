"""The pages of status codes and errnos."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from lab.guide.causes import cause, lines
from lab.guide.grep import in_log
from lab.guide.material import Material, status_topic
from lab.guide.page import Block, Commands, Entry, Items, Page, Section, Table, Text
from lab.guide.prose import Code, Errno

PER_MINUTE = """awk '$9 == %d {print substr($4, 2, 17)}' access.log | sort | uniq -c"""
PER_PATH = """awk '$9 == %d {print $7}' access.log | sort | uniq -c | sort -rn | head"""
COUNTED = "By minute and by path from an access log in the combined format, and the commonest messages of an error log:"
MESSAGES = """sed -E 's/.*#[0-9]+: (\\*[0-9]+ )?//; s/, client: .*//' error.log | sort | uniq -c | sort -rn | head"""


def statuses(material: Material) -> tuple[int, ...]:
    """The codes that have a page: those of the catalogue and of the measured rows."""
    found = {status for told in material.statuses.values() for status in told}
    found |= {status for row in material.prose.rows for status in row.status}
    return tuple(sorted(status for status in found if isinstance(status, int)))


def errnos(material: Material) -> tuple[Errno, ...]:
    """The errnos that have a page."""
    return tuple(
        one
        for one in material.prose.errnos
        if material.with_errno(one.number) or any(row.errno == one.number for row in material.prose.rows)
    )


def code_page(status: int, material: Material) -> Page:
    """What a status means, who makes it, its causes, and in which order to look."""
    code = next((one for one in material.prose.codes if one.code == status), None) or _plain(status)
    mechanisms, topic = material.with_status(status), status_topic(status)
    rows = material.rows(besides=mechanisms, status=status)
    sections = [
        Section("", _meaning(code)),
        Section("Who makes it", (Table(("who", "how it is told"), tuple((m.who, m.tell) for m in code.made_by)),)),
        Section(
            "How many, when and where",
            (
                Text(COUNTED),
                Commands((PER_MINUTE % status, PER_PATH % status, MESSAGES)),
            ),
        ),
        Section("What the line says", tuple(lines(mechanisms, rows, material, on=topic))),
        Section("Causes", tuple(cause(mechanism, material, on=topic) for mechanism in mechanisms)),
        Section("In which order to look", tuple(_order(mechanisms, material, topic))),
    ]
    made = tuple(section for section in sections if _filled(section))
    return Page(topic, f"{topic} {code.name}", made)


def errno_page(errno: Errno, material: Material) -> Page:
    """What an errno means, what comes of it, and its causes."""
    mechanisms, topic = material.with_errno(errno.number), str(errno.number)
    rows = material.rows(besides=mechanisms, errno=errno.number)
    sections = (
        Section(
            "",
            (
                Text(errno.means),
                Text(f"Seen as: {errno.seen}."),
                Commands((in_log(rf"\({errno.number}: ", "error.log"),)),
                Text(f"Source: {errno.source}. The numbers are those of Linux."),
            ),
        ),
        Section("What the line says", tuple(lines(mechanisms, rows, material, on=topic))),
        Section("Causes", tuple(_pointer(mechanism, material) for mechanism in mechanisms)),
    )
    title = f"{errno.number} {errno.name}: {errno.text}"
    return Page(topic, title, tuple(section for section in sections if _filled(section)))


def _plain(status: int) -> Code:
    """What is known of a code that the prose does not have."""
    known = {one.value: one.phrase for one in HTTPStatus}
    return Code(code=status, name=known.get(status, ""), source="", means="", made_by=())


def _meaning(code: Code) -> tuple[Block, ...]:
    texts = (code.means, code.note, f"Source: {code.source}." if code.source else "")
    return tuple(Text(text) for text in texts if text)


def _filled(section: Section) -> bool:
    return any(not isinstance(block, Table) or block.rows for block in section.blocks)


def _pointer(mechanism: str, material: Material) -> Entry:
    """A cause whose whole entry stands on the page of its status."""
    signature = material.signature(mechanism)
    return Entry(
        title=material.term(mechanism).title,
        text=material.term(mechanism).says,
        said=(
            ("first check", signature.check_first),
            ("seen as", ", ".join(f"[{topic}]({topic})" for topic in map(status_topic, signature.status))),
        ),
        starts=material.starts(mechanism),
    )


def _order(mechanisms: tuple[str, ...], material: Material, topic: str) -> Iterator[Block]:
    """The greedy order for the mechanisms of a status, and what no look tells apart."""
    if len(mechanisms) < 2:
        return
    order = material.looks.best(mechanisms)
    count = material.looks.count(order, mechanisms)
    places = {place.name: place.says for place in material.prose.orders.looks}
    yield Text(
        f"Of the {len(mechanisms)} mechanisms that can be seen as this, one is left after {count.mean:.1f} looks on the"
        " average in this order, each of which tells the most apart of what is still alike. How that is counted, and"
        " what other orders take: [the checklist](checklist)."
    )
    yield Items(tuple(f"{name}: {places[name]}" for name in order))
    if count.open:
        names = ", ".join(material.link(mechanism, on=topic) for mechanism in count.open)
        yield Text(f"No look alone singles out {names}: read what tells them apart above.")
