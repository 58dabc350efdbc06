from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from lab.catalog.fact import Kind
from lab.errors import LabError
from lab.guide.book import Book
from lab.guide.material import material, status_topic
from lab.guide.prose import Node, load_prose
from lab.paths import data_dir

PROSE = load_prose()
BOOK = Book(material())
FOLDER = data_dir("nginx") / "guide"


def nodes(tree: tuple[Node, ...]) -> Iterator[Node]:
    for node in tree:
        yield node
        yield from nodes(node.branches)


def test_a_wrong_key_is_named_with_its_file(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "guide")
    path = tmp_path / "guide" / "codes.yaml"
    path.write_text(path.read_text().replace("    note:", "    nute:", 1))
    with pytest.raises(LabError, match="nute is not a key here") as caught:
        load_prose(tmp_path / "guide")
    assert str(path) in caught.value.what


@pytest.mark.parametrize("node", list(nodes(PROSE.tree)), ids=lambda node: node.when)
def test_the_tree_points_at_pages_and_every_leaf_says_something(node: Node) -> None:
    assert set(node.see) <= set(BOOK.topics)
    assert node.branches or node.see or node.mechanisms or node.says


def test_every_mechanism_that_the_prose_names_is_one_of_the_catalogue() -> None:
    named = [one for node in nodes(PROSE.tree) for one in node.mechanisms]
    for said in (*PROSE.symptoms, *PROSE.mixes, *PROSE.cases):
        named += said.mechanisms
    gone = sorted(set(named) - set(material().known(named)))
    assert not gone, "mend nginx/guide: the catalogue does not have these"


def test_every_status_of_the_catalogue_has_its_words() -> None:
    told = {code.code for code in PROSE.codes}
    statuses = {status for known in material().statuses.values() for status in known if status != "none"}
    assert not statuses - told, "say in nginx/guide/codes.yaml what they mean"


def test_codes_and_errnos_are_told_once() -> None:
    codes = [code.code for code in PROSE.codes]
    errnos = [errno.number for errno in PROSE.errnos]
    assert codes == sorted(set(codes))
    assert errnos == sorted(set(errnos))
    assert not {status_topic(code) for code in codes} & {str(number) for number in errnos}


def test_every_order_names_each_look_once() -> None:
    places = {place.name for place in PROSE.orders.looks}
    for order in PROSE.orders.orders:
        assert len(order.looks) == len(places)
        assert set(order.looks) == places


def test_every_kind_of_evidence_has_a_look() -> None:
    kinds = [kind for place in PROSE.orders.looks for kind in place.kinds]
    assert sorted(kinds) == sorted(set(get_args(Kind)) - {"absence"})


def test_rows_are_those_of_the_catalogue() -> None:
    named = {row.row for row in PROSE.rows}
    named |= {row for claim in PROSE.claims for row in claim.rows}
    named |= {row for phase in PROSE.timers.phases for row in phase.rows}
    assert not [row for row in named if not re.fullmatch(r"[A-P][1-9][0-9]?", row)]


def test_every_source_is_named() -> None:
    assert all(gateway.source for gateway in PROSE.timers.gateways)
    assert all(code.source for code in PROSE.codes)
    assert all("errno(3)" in errno.source for errno in PROSE.errnos)
