"""What is said where the Docker engine, its command, Compose or an image is missing. No engine is needed."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest
import yaml

from docker_here import ROOT
from lab.engines.base import Plan
from lab.engines.compose import endpoint, images
from lab.engines.compose.command import compose_version, docker
from lab.engines.compose.endpoint import address, reach
from lab.engines.compose.files import Files
from lab.engines.compose.images import Images
from lab.engines.compose.labels import Labels
from lab.engines.compose.project import model
from lab.engines.compose.subnet import Subnet
from lab.errors import LabError


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No engine was chosen, in a folder of Docker's settings that is empty."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", *images._PUBLISHED):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "settings"))
    return tmp_path


def program(folder: Path, text: str) -> dict[str, str]:
    """The variables with which `docker` is this shell script."""
    folder.mkdir(exist_ok=True)
    path = folder / "docker"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


# -- where it is ---------------------------------------------------------------------------------------------------


def test_it_is_where_the_docker_command_finds_it(no_choice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert address() == "unix:///var/run/docker.sock"
    settings = no_choice / "settings"
    settings.mkdir()
    (settings / "config.json").write_text('{"currentContext": "default"}')
    assert address() == "unix:///var/run/docker.sock"
    (settings / "config.json").write_text("{")
    assert address() == "unix:///var/run/docker.sock"
    monkeypatch.setenv("DOCKER_HOST", "unix:///elsewhere.sock")
    assert address() == "unix:///elsewhere.sock"


def test_no_socket_and_nobody_at_it_are_said(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=f"No Docker engine answers at {tmp_path}/none") as caught:
        reach(f"unix://{tmp_path}/none")
    assert "Start it" in caught.value.cure
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "dead"))
    with pytest.raises(LabError, match="No Docker engine answers"):
        reach(f"unix://{tmp_path}/dead")


def test_a_socket_that_may_not_be_used_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Forbidden(socket.socket):
        def connect(self, address: object) -> None:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(endpoint.socket, "socket", Forbidden)
    with pytest.raises(LabError, match=r"You may not use the Docker engine: /var/run/docker\.sock") as caught:
        reach("unix:///var/run/docker.sock")
    assert "group docker" in caught.value.cure


@pytest.mark.parametrize("host", ["tcp://10.1.2.3:2375", "ssh://me@there"])
def test_an_engine_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(LabError, match=f"Docker is at {host}") as caught:
        reach(host)
    assert "DOCKER_HOST" in caught.value.cure


# -- the command ---------------------------------------------------------------------------------------------------


async def test_no_docker_command_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="There is no docker command"):
        await compose_version({"PATH": str(tmp_path)})


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 1", "Docker has no Compose v2"),
        ("echo 1.29.2", r"Compose 1\.29\.2 is too old"),
        ("echo v1.29.2", "is too old"),
    ],
)
async def test_no_compose_or_an_old_one_is_said(tmp_path, monkeypatch, script: str, said: str) -> None:
    variables = program(tmp_path / "bin", script)
    monkeypatch.setenv("PATH", variables["PATH"])
    with pytest.raises(LabError, match=said) as caught:
        await compose_version(variables)
    assert "docker-compose-plugin" in caught.value.cure


@pytest.mark.parametrize(("says", "version"), [("v2.39.4", "2.39.4"), ("2.20.0", "2.20.0"), ("dev", "dev")])
async def test_compose_v2_will_do(tmp_path, monkeypatch, says: str, version: str) -> None:
    variables = program(tmp_path / "bin", f"echo {says}")
    monkeypatch.setenv("PATH", variables["PATH"])
    assert await compose_version(variables) == version


async def test_a_command_that_hangs_is_ended(tmp_path, monkeypatch) -> None:
    variables = program(tmp_path / "bin", "exec sleep 60")
    monkeypatch.setenv("PATH", variables["PATH"])
    with pytest.raises(LabError, match=r"`docker compose up` did not end within 0\.1 s"):
        await docker(variables, "compose", "up", timeout=0.1)


# -- images --------------------------------------------------------------------------------------------------------


def test_the_images_are_those_of_the_stack_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_OFFLINE", Path("/nowhere"))
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    said = {service["image"] for service in services.values()}
    assert {f"${{{name}:-{image}}}" for name, image in images._PUBLISHED.items()} == said
    assert Images.chosen() == Images("nginx:1.28", "ghcr.io/shopify/toxiproxy:2.12.0", "badgateway-upstream")


def test_what_was_made_without_a_network_comes_before_what_is_published(tmp_path, monkeypatch) -> None:
    offline = tmp_path / "offline.env"
    offline.write_text("LAB_NGINX_IMAGE=made:here\nLAB_PYTHON_IMAGE=other\n")
    monkeypatch.setattr(images, "_OFFLINE", offline)
    monkeypatch.setenv("LAB_API_IMAGE", "mine")
    assert Images.chosen() == Images("made:here", "ghcr.io/shopify/toxiproxy:2.12.0", "mine")


# -- the project ---------------------------------------------------------------------------------------------------


def files(folder: Path, **more: object) -> Files:
    given = {"replicas": 2, "gateway": {}, "api": {}, "restart": {}, "routes": {}, "seed": 1, **more}
    plan = Plan(round="Some Round", folder=folder, **given)  # type: ignore[arg-type]
    return Files(plan, folder, Subnet(9))


def test_projects_of_the_same_round_in_two_homes_are_two() -> None:
    names = {Labels("calm-harbour", Path(home), 1).project for home in ("/home/a/r", "/home/b/r")}
    assert len(names) == 2
    assert all(re.fullmatch("badgateway-calm-harbour-[0-9a-f]{8}", name) for name in names)
    assert re.fullmatch("badgateway-some-round-[0-9a-f]{8}", Labels("Some Round", Path("/x"), 1).project)


def test_the_project_has_no_secret_and_no_variable(tmp_path: Path) -> None:
    folder = tmp_path / "with $HOME and ${spaces}"
    made = files(folder)
    text = json.dumps(model(made, Images("n", "t", "a"), Labels("r", folder, 9)))
    assert made.token not in text
    assert made.secret not in text
    assert not re.search(r"(?<!\$)\$(?!\$)", text.replace("$$", ""))
    assert json.dumps(str(folder))[1:-1].replace("$", "$$") in text


@pytest.mark.parametrize(
    ("routes", "there"), [({}, False), ({"gateway_api": "link"}, True), ({"api_payments": "link"}, True)]
)
def test_toxiproxy_is_there_where_a_route_is_a_link(tmp_path: Path, routes: dict[str, str], there: bool) -> None:
    services = model(files(tmp_path, routes=routes), Images("n", "t", "a"), Labels("r", tmp_path, 9))["services"]
    assert ("toxiproxy" in services) is there
    hops = {"gateway", "api-1", "api-2", "payments"}
    assert set(services) - {"toxiproxy"} == hops | {f"{hop}-host" for hop in hops}
    for hop in hops:
        assert services[hop]["network_mode"] == services[hop]["pid"] == f"service:{hop}-host"
    assert not [name for name, service in services.items() if service.get("ports") or service.get("privileged")]
