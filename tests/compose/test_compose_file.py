"""What docker-compose.yml promises, read from it: no engine is needed."""

from __future__ import annotations

import json
import re
from importlib.metadata import requires
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

import compose_conf
from docker_here import ROOT

TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
LINKS: list[dict[str, Any]] = json.loads((ROOT / "proxy" / "links.json").read_text(encoding="utf-8"))


def volumes(service: dict[str, Any]) -> list[str]:
    return list(service.get("volumes", []))


def test_the_services_are_the_hops_and_the_link() -> None:
    assert set(SERVICES) == {"gateway", "toxiproxy", "api-1", "api-2", "payments"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_checked_restarted_and_limited(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"].startswith("on-failure:")
    assert service["init"] is True
    assert float(service["cpus"]) > 0
    # With swap on top, a container at its limit is slow instead of killed.
    assert service["mem_limit"] == service["memswap_limit"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_rights_that_it_can_do_without(name: str) -> None:
    service = SERVICES[name]
    assert not {"privileged", "pid", "ipc", "network_mode", "devices", "userns_mode"} & set(service)
    assert service["cap_drop"] == ["ALL"]
    assert set(service.get("cap_add", [])) <= {"CHOWN", "SETGID", "SETUID"}
    assert service["read_only"] is True
    assert not [volume for volume in volumes(service) if volume.startswith("/") or ".sock" in volume]


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_published_is_published_on_loopback(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\$\{LAB_[A-Z_]+:-\d+\}:\d+", port)


def test_every_image_has_a_public_default_and_a_variable() -> None:
    images = {service["image"] for service in SERVICES.values()}
    assert images == {
        "${LAB_NGINX_IMAGE:-nginx:1.28}",
        "${LAB_TOXIPROXY_IMAGE:-ghcr.io/shopify/toxiproxy:2.12.0}",
        "${LAB_API_IMAGE:-badgateway-upstream}",
    }
    assert SERVICES["api-1"]["build"]["args"] == {"PYTHON_IMAGE": "${LAB_PYTHON_IMAGE:-python:3.13-slim}"}


def test_a_link_leads_to_where_a_service_listens() -> None:
    aliases = {
        alias
        for service in SERVICES.values()
        if isinstance(service["networks"], dict)
        for options in service["networks"].values()
        for alias in options.get("aliases", [])
    }
    for link in LINKS:
        host, port = link["upstream"].split(":")
        assert host in aliases | set(SERVICES)
        listen = SERVICES[host.split(".")[0]]["environment"].get("UPSTREAM_LISTEN", "0.0.0.0:8000")
        assert listen.endswith(f":{port}"), link["name"]


def test_the_hops_go_through_the_links() -> None:
    ports = {link["name"]: int(link["listen"].rpartition(":")[2]) for link in LINKS}
    assert [address.port for address in compose_conf.LINKS] == [ports["gateway-api-1"], ports["gateway-api-2"]]
    for name in ("api-1", "api-2"):
        assert SERVICES[name]["environment"]["UPSTREAM_PAYMENTS"] == f"http://toxiproxy.back:{ports['api-payments']}"


def test_the_gateway_s_conf_is_what_the_template_gives() -> None:
    how = "write it anew: PYTHONPATH=tests/support .venv/bin/python -m compose_conf"
    assert compose_conf.CONF.read_text(encoding="utf-8") == compose_conf.text(), how


def test_the_image_gets_all_packages_that_the_applications_need() -> None:
    listed = (ROOT / "lab" / "upstream" / "packages.txt").read_text(encoding="utf-8").splitlines()
    names = {line for line in listed if not line.startswith("#")}
    assert names == needed("aiohttp", "sqlalchemy")


def needed(*names: str) -> set[str]:
    """The packages and all that they need on Linux with the image's Python, by what is installed here."""
    found: set[str] = set()
    waiting = list(names)
    image = {"extra": "", "python_version": "3.13", "python_full_version": "3.13.0", "sys_platform": "linux"}
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name not in found:
            found.add(name)
            asked = map(Requirement, requires(name) or [])
            waiting += [r.name for r in asked if r.marker is None or r.marker.evaluate(image)]
    return found
