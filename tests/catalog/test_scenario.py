from __future__ import annotations

import pytest
from pydantic import ValidationError

from small_catalogue import scenario


def test_the_lower_end_of_a_draw_comes_first() -> None:
    assert scenario("x", "y", vary={"n": {"between": [1, 2]}}).vary["n"].between == (1, 2)
    with pytest.raises(ValidationError, match="lower end"):
        scenario("x", "y", vary={"n": {"between": [2, 1]}})


@pytest.mark.parametrize("id_", ["Upper", "a_b", "-a", "a--b", ""])
def test_ids_are_plain(id_: str) -> None:
    with pytest.raises(ValidationError):
        scenario(id_, "y")


def test_rungs_come_from_the_cheapest_to_the_dearest() -> None:
    assert [name for name, _ in scenario("x", "y").hints.rungs()] == ["look here", "compare these", "rule out"]
