"""The first page: the decision tree, where the other pages are, and the log format that the commands need."""

from __future__ import annotations

from lab.guide.codes import errnos, statuses
from lab.guide.material import Material, status_topic
from lab.guide.page import Branch, Commands, Items, Page, Section, Text, Tree
from lab.guide.prose import Node
from lab.paths import data_dir

OTHERS = (
    ("symptoms", "what you see, the most likely cause, the first check"),
    ("checklist", "in which order to look, and how many looks each order takes"),
    ("mix", "what a mix of codes says"),
    ("below-http", "no status at all"),
    ("timeouts", "who owns which timer, and the defaults"),
    ("measured", "what guides say and what was measured"),
)
"""The topics besides codes and errnos, and what each is about."""


def index(material: Material) -> Page:
    """The decision tree, the other pages, and the log format that the greps need."""
    tree = Tree(tuple(_branch(node, material) for node in material.prose.tree))
    codes = ", ".join(f"[{topic}]({topic})" for topic in map(status_topic, statuses(material)))
    numbers = ", ".join(f"[{one.number} {one.name}]({one.number})" for one in errnos(material))
    return Page(
        "index",
        "Where is it broken? The decision tree",
        (
            Section(
                "",
                (
                    Text(
                        "Read from the left. `us`, `ua`, `uct`, `uht` and `urt` are nginx's variables upstream_status,"
                        " upstream_addr, upstream_connect_time, upstream_header_time and upstream_response_time; `-` is"
                        " how it logs that there is no value."
                    ),
                    tree,
                ),
            ),
            Section(
                "Pages",
                (
                    Items(
                        (
                            f"by status: {codes}",
                            f"by errno: {numbers}",
                            *(f"[{topic}]({topic}): {about}" for topic, about in OTHERS),
                        )
                    ),
                    Text(
                        "These pages spoil scenarios: they say which one plays which cause. Who wants to practise reads"
                        " them afterwards."
                    ),
                ),
            ),
            Section("The log format", (Text(_FORMAT_SAYS), *_log_format())),
        ),
    )


_FORMAT_SAYS = (
    "The commands for error.log work on any nginx (at `error_log … info;` they find the clients' doings too). Those for"
    " lab.log need these variables in the access log:"
)


def _branch(node: Node, material: Material) -> Branch:
    points = [*map(material.link, material.known(node.mechanisms)), *(f"[{topic}]({topic})" for topic in node.see)]
    says = ": ".join(part for part in (node.when, node.says) if part)
    return Branch(
        f"{says} → {'; '.join(points)}" if points else says,
        tuple(_branch(branch, material) for branch in node.branches),
    )


def _log_format() -> tuple[Commands, ...]:
    rows = (data_dir("nginx") / "templates" / "nginx.conf.j2").read_text(encoding="utf-8").splitlines()
    first = next((n for n, row in enumerate(rows) if row.strip().startswith("log_format lab ")), None)
    if first is None:
        return ()
    last = next(n for n in range(first, len(rows)) if rows[n].rstrip().endswith(";"))
    return (Commands(tuple(row.strip().replace("$lab_rid", "$request_id") for row in rows[first : last + 1])),)
