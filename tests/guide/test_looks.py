from __future__ import annotations

from pathlib import Path

import pytest

from lab.guide.looks import Looks
from lab.guide.prose import LookPlace
from small_catalogue import signatures

PLACES = (
    ("error", ("gateway-error",)),
    ("lab", ("gateway-lab",)),
    ("app", ("app",)),
    ("process", ("process",)),
    ("probe", ("probe",)),
    ("inspect", ("inspect",)),
)
ALL = ("closed-port", "wrong-door", "slow-work", "deaf")


@pytest.fixture
def looks(tmp_path: Path) -> Looks:
    """The small catalogue: two ways to a 502 that refuse alike, two to a 504 that time out alike."""
    return Looks(signatures(tmp_path), [LookPlace(name=name, kinds=kinds, says="") for name, kinds in PLACES])


def test_a_fact_is_seen_where_its_signs_are(looks: Looks) -> None:
    assert looks.seen_at("refused") == {"error"}
    assert looks.seen_at("waited") == {"error", "lab"}
    assert looks.seen_at("api-stopped") == {"process", "inspect"}


def test_an_absence_is_seen_in_the_log_that_lacks_the_line(looks: Looks) -> None:
    assert looks.seen_at("api-silent") == {"app"}


def test_look_alikes_are_told_apart_by_what_their_signatures_name(looks: Looks) -> None:
    assert looks.separating("closed-port", "wrong-door") == {"api-stopped", "answers-directly"}
    assert looks.separating("slow-work", "deaf") == {"api-late", "api-silent"}
    assert looks.apart("closed-port", "wrong-door") == {"process", "inspect", "probe"}
    assert looks.apart("slow-work", "deaf") == looks.apart("deaf", "slow-work") == {"app"}


def test_what_one_shows_and_the_other_lacks_tells_them_apart_too(tmp_path: Path) -> None:
    found = signatures(tmp_path)
    silent = found.by_mechanism["wrong-door"].model_copy(update={"lookalikes": {}})
    changed = found.model_copy(update={"by_mechanism": {**found.by_mechanism, "wrong-door": silent}})
    for pair in (("closed-port", "wrong-door"), ("wrong-door", "closed-port")):
        assert Looks(changed, []).separating(*pair) == {"api-stopped", "answers-directly"}


def test_others_are_told_apart_by_whatever_one_shows(looks: Looks) -> None:
    assert looks.separating("closed-port", "deaf") == {
        "refused",
        "never-connected",
        "api-stopped",
        "waited",
        "api-silent",
    }


@pytest.mark.parametrize(
    ("order", "mechanisms", "mean"),
    [
        (("process",), ("closed-port", "wrong-door"), 1.0),
        (("error", "lab", "process"), ("closed-port", "wrong-door"), 3.0),
        (("error", "app", "process"), ALL, 2.5),  # 2 for the two that the app's log tells apart, 3 for the others
        (("app", "process"), ALL, 1.5),
        ((), ("deaf",), 0.0),
    ],
)
def test_looks_are_counted_until_one_mechanism_is_left(
    order: tuple[str, ...], mechanisms: tuple[str, ...], mean: float, looks: Looks
) -> None:
    count = looks.count(order, mechanisms)
    assert (count.mean, count.open) == (mean, ())


def test_what_an_order_does_not_single_out_counts_whole_and_is_named(looks: Looks) -> None:
    count = looks.count(("error", "lab"), ALL)
    assert count.mean == 2.0
    assert count.open == ALL


def test_the_best_order_is_as_short_as_it_can_be_and_does_not_depend_on_the_order_given(looks: Looks) -> None:
    assert looks.best(("closed-port", "wrong-door")) == ("process",)
    assert looks.best(ALL) == looks.best(ALL[::-1]) == ("app", "process")
    assert looks.best(("deaf",)) == ()


def test_the_best_order_stops_where_nothing_tells_more(tmp_path: Path) -> None:
    blind = Looks(signatures(tmp_path), [LookPlace(name="lab", kinds=("gateway-lab",), says="")])
    assert blind.best(("slow-work", "deaf")) == ()
    assert blind.best(("closed-port", "slow-work", "deaf")) == ("lab",)
