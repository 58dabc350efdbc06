"""The page of the checklist: in which order to look, by status, with the looks that each order takes."""

from __future__ import annotations

from lab.guide.material import Material, status_topic
from lab.guide.page import Entry, Items, Page, Section, Table, Text

_SAYS = (
    "A look is one place read for one failing request. It rules out every mechanism that would have shown there what"
    " is not there, or lacked what is. The numbers are how many looks it takes until one mechanism is left, averaged"
    " over the mechanisms of the catalogue that end in that status; they are computed from the signatures."
)


def checklist(material: Material) -> Page:
    """The orders, what each takes by status, and the order that takes the fewest looks."""
    looks, orders = material.looks, material.prose.orders
    several = [(status, mechanisms) for status, mechanisms in material.by_status.items() if len(mechanisms) > 1]
    best = {status: looks.best(mechanisms) for status, mechanisms in several}
    heads = ("status", "mechanisms", *(chr(ord("A") + n) for n in range(len(orders.orders))), "best")
    rows = tuple(
        (
            f"[{status_topic(status)}]({status_topic(status)})",
            str(len(mechanisms)),
            *(f"{looks.count(order.looks, mechanisms).mean:.1f}" for order in orders.orders),
            f"{looks.count(best[status], mechanisms).mean:.1f}",
        )
        for status, mechanisms in several
    )
    habits = tuple(
        f"{chr(ord('A') + n)}, {order.name}: {', '.join(order.looks)}" for n, order in enumerate(orders.orders)
    )
    bests = tuple(
        Entry(
            title=_named(status_topic(status)),
            said=(
                ("look at", ", then ".join(best[status]) or "nothing tells them apart"),
                *_open(best[status], mechanisms, material),
            ),
        )
        for status, mechanisms in several
    )
    alone = [status for status, mechanisms in material.by_status.items() if len(mechanisms) == 1]
    return Page(
        "checklist",
        "In which order to look",
        (
            Section("", (Text(_SAYS),)),
            Section("How many looks", (Table(heads, rows), Items(habits), *_single(alone))),
            Section("The best order, by what was seen", bests),
            Section("The looks", (Items(tuple(f"{place.name}: {place.says}" for place in orders.looks)),)),
        ),
    )


def _single(statuses: list[int | str]) -> tuple[Text, ...]:
    """The statuses that have one mechanism, which the status alone names."""
    if not statuses:
        return ()
    topics = sorted(map(status_topic, statuses))
    return (Text(f"With one mechanism in this catalogue: {', '.join(f'[{topic}]({topic})' for topic in topics)}."),)


def _open(order: tuple[str, ...], mechanisms: tuple[str, ...], material: Material) -> tuple[tuple[str, str], ...]:
    left = material.looks.count(order, mechanisms).open
    return (("not singled out", "; ".join(map(material.link, left))),) if left else ()


def _named(topic: str) -> str:
    return "No status" if topic == "below-http" else topic
