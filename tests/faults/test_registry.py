from __future__ import annotations

import pytest

from lab.catalog.load import load_scenarios
from lab.errors import LabError
from lab.faults.registry import INJECTORS, build, needs
from lab.round.draws import draw


def broken(*fault):
    return load_scenarios()["port-closed"].model_copy(update={"fault": fault})


@pytest.mark.parametrize("scenario", load_scenarios().values(), ids=lambda scenario: scenario.id)
def test_every_scenario_builds_its_injectors(scenario):
    injectors = build(scenario, draw(scenario, 1))
    assert len(injectors) == len(scenario.fault)
    assert needs(scenario) >= frozenset().union(*(injector.needs for injector in injectors))


@pytest.mark.parametrize(("name", "injector"), INJECTORS.items())
def test_an_injector_is_found_under_its_own_name(name, injector):
    assert injector.name == name
    assert injector.__doc__


def test_an_unknown_injector_is_told_with_the_nearest():
    with pytest.raises(LabError) as caught:
        build(broken({"stopp": {"hop": "api-1"}}), {})
    assert "fault.0.stopp is not an injector" in caught.value.what
    assert "stop" in caught.value.cure


def test_a_wrong_parameter_is_told_with_its_place():
    with pytest.raises(LabError) as caught:
        build(broken({"stop": {"hops": "api-1"}}), {})
    assert "fault.0.stop.hop" in caught.value.what
    assert "Its parameters are: hop." in caught.value.cure


def test_draws_stand_alone_and_inside_texts():
    conf = {"set": {"read_timeout": "$short", "http": "limit_req_zone $server_name zone=z:1m rate=${rate}r/s;"}}
    (injector,) = build(broken({"conf": conf}), {"short": 0.4, "rate": 3})
    assert injector.set == {"read_timeout": 0.4, "http": "limit_req_zone $server_name zone=z:1m rate=3r/s;"}


def test_a_setting_that_the_gateway_does_not_have_is_told():
    with pytest.raises(LabError, match=r"fault\.0\.conf\.set"):
        build(broken({"conf": {"set": {"red_timeout": 3}}}), {})


def test_a_draw_that_nobody_makes_is_told():
    with pytest.raises(LabError, match=r"nothing draws \$route"):
        build(broken({"die": {"hop": "api-1", "route": "$route"}}), {})
