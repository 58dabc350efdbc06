from __future__ import annotations

import pytest

from lab.catalog.load import load_scenarios
from lab.catalog.scenario import Draw
from lab.errors import LabError
from lab.round.draws import draw, fill


def scenario(**vary: Draw):
    return load_scenarios()["crash-mid-request"].model_copy(update={"vary": vary})


def test_the_same_seed_draws_the_same():
    assert draw(scenario(route=Draw(one_of=("export", "orders"))), 7) == draw(
        scenario(route=Draw(one_of=("export", "orders"))), 7
    )


def test_a_new_draw_does_not_shift_the_others():
    routes = Draw(one_of=("export", "orders", "user", "order"))
    for seed in range(50):
        alone = draw(scenario(route=routes), seed)
        beside = draw(scenario(also=Draw(between=(0, 1)), route=routes), seed)
        assert alone["route"] == beside["route"]


def test_seeds_differ():
    drawn = {draw(scenario(factor=Draw(between=(1, 2))), seed)["factor"] for seed in range(20)}
    assert len(drawn) > 10


def test_a_drawn_value_lies_between_its_ends():
    for seed in range(50):
        assert 1.2 <= draw(scenario(factor=Draw(between=(1.2, 1.5))), seed)["factor"] <= 1.5


def test_a_sentence_keeps_its_capital():
    draws = {"route_words": "the export"}
    assert fill("$route_words fails. $route_words hangs, and $route_words waits.", draws) == (
        "The export fails. The export hangs, and the export waits."
    )


def test_what_nothing_draws_is_an_error():
    with pytest.raises(LabError, match="Nothing draws"):
        fill("Since $when it fails.", {})
