from __future__ import annotations

import json

import pytest

from lab.errors import LabError
from lab.guide.book import Book
from lab.guide.material import material
from lab.guide.page import Entry, Page, as_data

BOOK = Book(material())


def entries(page: Page) -> dict[str, Entry]:
    """The causes of a page by mechanism."""
    return {
        block.anchor: block
        for section in page.sections
        for block in section.blocks
        if isinstance(block, Entry) and block.anchor
    }


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("502", "502"),
        ("111", "111"),
        ("ECONNREFUSED", "111"),
        ("econnrefused", "111"),
        ("errno 111", "111"),
        ("HTTP 502", "502"),
        ("status-504", "504"),
        ("009", "009"),
        ("9", "009"),
        ("below http", "below-http"),
        ("below_http", "below-http"),
        ("Timeouts", "timeouts"),
        ("index", "index"),
    ],
)
def test_a_topic_is_found_as_people_write_it(said: str, topic: str) -> None:
    assert BOOK.find(said).topic == topic


@pytest.mark.parametrize(
    ("said", "cure"),
    [("ECONNREFUSD", "econnrefused"), ("checklst", "checklist"), ("506", "50"), ("xyzzy", "Known are status codes")],
)
def test_an_unknown_topic_is_answered_with_the_nearest(said: str, cure: str) -> None:
    with pytest.raises(LabError) as caught:
        BOOK.find(said)
    assert caught.value.code == 2
    assert repr(said) in caught.value.what
    assert cure in caught.value.cure


@pytest.mark.parametrize("topic", BOOK.topics)
def test_every_page_has_something_and_can_be_printed_as_json(topic: str) -> None:
    page = BOOK.page(topic)
    assert page.topic == topic
    assert page.sections
    assert all(section.blocks for section in page.sections)
    told = json.loads(json.dumps(as_data(page)))
    assert set(told) == {"topic", "title", "sections"}
    assert all(block["kind"] for section in told["sections"] for block in section["blocks"])


def test_a_cause_has_line_check_look_alikes_and_a_way_to_start_it() -> None:
    cause = entries(BOOK.page("502"))["process-killed"]
    assert cause.title == "The application was killed"
    assert cause.commands[0].startswith("grep -E 'upstream prematurely closed connection")
    said = dict(cause.said)
    assert said["first check"].startswith("How did the process end?")
    assert "[The application crashed by itself](502#process-crashed)" in " ".join(text for _, text in cause.said)
    assert "silver-anchor" in [start.codename for start in cause.starts]


def test_every_mechanism_that_can_be_played_stands_on_a_page_of_its_status() -> None:
    told = material()
    for scenario in told.scenarios.values():
        for status in scenario.key.status or told.signature(scenario.mechanism).status:
            page = BOOK.find("below-http" if status == "none" else str(status))
            starts = [start.codename for start in entries(page)[scenario.mechanism].starts]
            assert scenario.codename in starts


def test_without_spoilers_no_scenario_is_named() -> None:
    quiet = Book(material(spoilers=False))
    text = " ".join(json.dumps(as_data(quiet.page(topic))) for topic in quiet.topics)
    for scenario in material().scenarios.values():
        assert scenario.codename not in text


def test_mechanisms_by_status() -> None:
    found = material().by_status
    assert "process-killed" in found[502]
    assert "gateway-not-running" in found["none"]
    assert list(found) == [*sorted(status for status in found if status != "none"), "none"]


def test_a_row_that_a_cause_rests_on_is_not_told_twice() -> None:
    page = json.dumps(as_data(BOOK.page("502")))
    assert "row A1" in page
    assert "the port is closed (row A1)" not in page
    assert "(row A12)" in page
