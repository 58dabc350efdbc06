"""The containers of docker-compose.yml, as one starts them by hand."""

from __future__ import annotations

import json
import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

import docker_here
from docker_here import docker
from lab.logs.lab_format import parse

pytestmark = pytest.mark.docker

SERVICES = ("gateway", "toxiproxy", "api-1", "api-2", "payments")


@dataclass
class Shop:
    """A project of its own, on ports of its own."""

    project: str = field(default_factory=lambda: f"lab-test-{os.getpid()}")
    port: int = field(default_factory=lambda: free_port())
    toxiproxy: int = field(default_factory=lambda: free_port())

    def compose(self, *arguments: str) -> str:
        variables = {
            **docker_here.images(),
            "COMPOSE_PROJECT_NAME": self.project,
            "LAB_PORT": str(self.port),
            "LAB_TOXIPROXY_PORT": str(self.toxiproxy),
        }
        return docker("compose", *arguments, timeout=300, **variables)

    def container(self, service: str) -> str:
        return f"{self.project}-{service}-1"

    def inspect(self, service: str) -> dict[str, Any]:
        (found,) = json.loads(docker("inspect", self.container(service)))
        return dict(found)

    def get(self, path: str, body: dict[str, Any] | None = None, token: str | None = None) -> tuple[int, Any]:
        return request(f"http://127.0.0.1:{self.port}{path}", body, token)

    def toxic(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        return request(f"http://127.0.0.1:{self.toxiproxy}{path}", body)

    def token(self) -> str:
        _, answer = self.get("/login", {"user": "7", "password": "password-7"})
        return str(answer["token"])

    def checkout(self) -> int:
        return self.get("/checkout", {"order_id": 12}, self.token())[0]

    def log(self, ref: str) -> list[str]:
        return self.compose("exec", "-T", "gateway", "cat", f"/lab/logs/{ref}").splitlines()

    def left(self) -> list[str]:
        mine = f"label=com.docker.compose.project={self.project}"
        return [
            *docker("ps", "-aq", "--filter", mine).split(),
            *docker("network", "ls", "-q", "--filter", mine).split(),
            *docker("volume", "ls", "-q", "--filter", mine).split(),
        ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def request(url: str, body: dict[str, Any] | None = None, token: str | None = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    asked = urllib.request.Request(url, json.dumps(body).encode() if body is not None else None, headers)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            status, text = error.code, error.read()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text.decode()


def until(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    shop = Shop()
    try:
        shop.compose("up", "--detach", "--wait", "--wait-timeout", "60")
        yield shop
    finally:
        shop.compose("down", "--volumes", "--timeout", "3")
        left = shop.left()
    assert not left, f"`docker compose down -v` left {left}"


def test_it_is_healthy_and_answers(shop: Shop) -> None:
    assert {shop.inspect(name)["State"]["Health"]["Status"] for name in SERVICES} == {"healthy"}
    status, products = shop.get("/products")
    assert (status, len(products)) == (200, 60)
    assert [shop.checkout() for _ in range(2)] == [200, 200]


def test_it_is_published_on_loopback_and_nothing_is_privileged(shop: Shop) -> None:
    for name in SERVICES:
        found = shop.inspect(name)
        published = [at for ports in found["NetworkSettings"]["Ports"].values() for at in ports or []]
        assert {at["HostIp"] for at in published} <= {"127.0.0.1"}
        assert found["HostConfig"]["Privileged"] is False
        assert found["HostConfig"]["Memory"] == found["HostConfig"]["MemorySwap"] > 0
        assert found["HostConfig"]["NanoCpus"] > 0
        assert not [mount for mount in found["Mounts"] if "docker.sock" in mount["Source"]]


def test_the_logs_are_in_the_volume_and_in_the_form_that_the_lab_reads(shop: Shop) -> None:
    rid = "one-for-all-logs"
    asked = urllib.request.Request(f"http://127.0.0.1:{shop.port}/products/3", headers={"X-Request-Id": rid})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert answer.headers["X-Request-Id"] == rid
    (line,) = [line for line in shop.log("gateway/lab.log") if f"rid={rid} " in line]
    read = parse(line)
    assert (read["status"], read["us"], read["path"]) == (200, 200, "/products/3")
    apps = [json.loads(line) for name in ("api-1", "api-2") for line in shop.log(f"{name}/app.log")]
    assert [app["route"] for app in apps if app.get("rid") == rid and app["event"] == "request.finished"] == ["product"]


def test_both_replicas_serve(shop: Shop) -> None:
    for _ in range(4):
        shop.get("/health")
    seen = {parse(line)["ua"].rpartition(":")[2] for line in shop.log("gateway/lab.log")}
    assert seen == {"8001", "8002"}


def test_an_unknown_name_is_given_up_before_the_gateway_s_timeouts(shop: Shop) -> None:
    ask = "import socket, time; begun = time.monotonic()\ntry: socket.getaddrinfo('nobody.here', 80)\n"
    ask += "except socket.gaierror: print(time.monotonic() - begun)"
    assert float(shop.compose("exec", "-T", "api-1", "/opt/upstream/bin/python", "-c", ask)) < 2


def test_a_toxic_on_a_link_is_felt_behind_it(shop: Shop) -> None:
    _, version = shop.toxic("/version")
    assert version["version"] in ("git", "2.12.0")
    shop.toxic("/proxies/api-payments/toxics", {"name": "cut", "type": "limit_data", "attributes": {"bytes": 0}})
    try:
        assert shop.checkout() == 503
        assert shop.get("/products")[0] == 200
    finally:
        shop.toxic("/reset", {})
    assert shop.checkout() == 200


def test_an_api_off_the_back_network_serves_all_but_checkouts(shop: Shop) -> None:
    back = f"{shop.project}_back"
    for name in ("api-1", "api-2"):
        docker("network", "disconnect", back, shop.container(name))
    try:
        assert shop.get("/products")[0] == 200
        # 504 over a connection that was kept from before, on which nothing comes back any more.
        assert shop.checkout() in (503, 504)
    finally:
        for name in ("api-1", "api-2"):
            docker("network", "connect", back, shop.container(name))
    until(lambda: shop.checkout() == 200, "checkouts work again")


def test_an_api_off_the_front_network_is_not_to_be_reached(shop: Shop) -> None:
    front = f"{shop.project}_front"
    docker("network", "disconnect", front, shop.container("api-1"))
    try:
        assert sorted(shop.get("/products")[0] for _ in range(4)) == [200, 200, 502, 502]
    finally:
        docker("network", "connect", "--alias", "api-1.front", "--alias", "api-1", front, shop.container("api-1"))
    until(lambda: {shop.get("/products")[0] for _ in range(4)} == {200}, "both replicas serve again")


def test_an_api_that_dies_is_started_again(shop: Shop) -> None:
    before = shop.inspect("api-2")["RestartCount"]
    # From within, as a crash is: what the engine is told to kill it does not start again.
    shop.compose("exec", "-T", "api-2", "bash", "-c", "kill -9 $(cat /proc/1/task/1/children)")
    until(lambda: shop.inspect("api-2")["RestartCount"] == before + 1, "restarted")
    until(lambda: {shop.get("/products")[0] for _ in range(4)} == {200}, "both replicas serve again")
