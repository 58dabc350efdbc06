"""The Compose project of one round.

A hop is two containers, as a pod has a pause container: its *host* does nothing but hold the address (its network and
its processes' numbers), and its program runs in another container that shares these. So a program that is stopped
leaves a machine behind that refuses connections; with one container its address would vanish, and connecting to it
would be "no route to host" after three seconds. And the program is not process 1, which nothing from within could kill.

When a host ends, the kernel ends all that shares its process numbers.
"""

from __future__ import annotations

import os
from typing import Any

from lab.engines.compose.files import HOME, Files
from lab.engines.compose.images import Images
from lab.engines.compose.labels import Labels

NETWORK = "shop"
TOXIPROXY = "toxiproxy"
LOG_CAP = 20 * 1024 * 1024
"""Bytes that any file may have that a container writes."""

PYTHON = "/opt/upstream/bin/python"
_FILES = 512
_MEMORY = {"gateway": "64m", "payments": "128m"}
_API_MEMORY = "192m"

_QUIETLY = 'trap \'\' XFSZ; exec "$@" >>"$0" 2>&1'
"""For sh: run the program of the arguments, which logs its last words to the file that is $0. A log that reached its
cap is an error that the program sees, and no signal that kills it."""


def host(hop: str) -> str:
    """The service that holds a hop's address."""
    return f"{hop}-host"


def model(files: Files, images: Images, labels: Labels) -> dict[str, Any]:
    """The project as Compose's file format has it.

    Args:
        files: of the round.
        images: to run.
        labels: on everything.
    """
    services: dict[str, Any] = {}
    for hop in ("gateway", *files.applications):
        mounts = files.mounts(hop)
        services[host(hop)] = _host(hop, files, images)
        services[hop] = _shared(hop) | {
            "image": images.nginx if hop == "gateway" else images.api,
            "entrypoint": ["sh", "-c", _QUIETLY, files.inside(files.said(hop)), *_program(hop)],
            "working_dir": HOME,
            "volumes": mounts,
            **_memory(_MEMORY.get(hop, _API_MEMORY)),
        }
        if hop != "gateway":
            # Its settings come this way, as they have secrets that no file and no `docker inspect` shall show.
            services[hop]["stdin_open"] = True
    if files.plan.linked:
        services[TOXIPROXY] = {
            **_names(),
            "image": images.toxiproxy,
            "command": ["-host=0.0.0.0"],
            # It would name every toxic in its log.
            "environment": {"LOG_LEVEL": "error"},
            "networks": {NETWORK: {"ipv4_address": files.subnet.toxiproxy.host}},
            **_memory("128m"),
        }
    common = _common() | {"labels": labels.as_dict()}
    project = {
        "services": {name: common | service for name, service in services.items()},
        "networks": {
            NETWORK: {
                "labels": labels.as_dict(),
                "ipam": {"config": [{"subnet": files.subnet.hops}]},
                # Answers to the clients' own addresses are to arrive as they are; and nothing finds a way out.
                "driver_opts": {"com.docker.network.bridge.enable_ip_masquerade": "false"},
            }
        },
    }
    escaped: dict[str, Any] = _escaped(project)
    return escaped


def nginx(*more: str, conf: str = "conf/nginx.conf", early: str = "logs/gateway/error.log") -> list[str]:
    """The command line of nginx in its container."""
    return ["nginx", "-p", f"{HOME}/", "-c", conf, "-e", early, *more]


def _program(hop: str) -> list[str]:
    return nginx() if hop == "gateway" else [PYTHON, "-m", "lab.upstream", "-"]


def _host(hop: str, files: Files, images: Images) -> dict[str, Any]:
    holder = {
        "image": images.nginx,
        "entrypoint": ["sleep", "infinity"],
        # It collects the orphans that the program leaves.
        "init": True,
        "hostname": hop,
        **_names(),
        "networks": {NETWORK: {"ipv4_address": files.subnet.hop(hop).host, "aliases": [hop]}},
        **_memory("32m"),
    }
    # The gateway's is also where configurations are tested, whether its program runs or not.
    return holder | ({"volumes": files.mounts(hop)} if hop == "gateway" else {})


def _shared(hop: str) -> dict[str, Any]:
    return {"network_mode": f"service:{host(hop)}", "pid": f"service:{host(hop)}"}


def _names() -> dict[str, Any]:
    """The engine answers for the names of the hops; others are not asked for outside, and are given up soon."""
    return {"dns": ["127.0.0.1"], "dns_search": ["."], "dns_opt": ["timeout:1", "attempts:1"]}


def _memory(most: str) -> dict[str, Any]:
    # Without swap of its own: a container at its limit is killed, and not slow.
    return {"mem_limit": most, "memswap_limit": most}


def _common() -> dict[str, Any]:
    root = os.geteuid() == 0
    return {
        # Whoever started the round can read and delete what the containers write.
        "user": f"{os.geteuid()}:{os.getegid()}",
        "environment": {"TZ": "UTC", "PYTHONUNBUFFERED": "1"},
        # What restarts it is the lab, by the scenario's policy.
        "restart": "no",
        "pull_policy": "never",
        "read_only": True,
        "cap_drop": ["ALL"],
        # A root master gives its workers their user, even where that is its own.
        "cap_add": ["SETGID", "SETUID"] if root else [],
        # The folders belong to a user and not to containers; where SELinux labels them, that stays so.
        "security_opt": ["no-new-privileges=true", "label=disable"],
        "pids_limit": 256,
        "ulimits": {"nofile": _FILES, "core": 0, "fsize": LOG_CAP},
        "tmpfs": ["/tmp"],
        "logging": {"driver": "json-file", "options": {"max-size": "1m", "max-file": "1"}},
        # nginx's images ask to be stopped gracefully, which waits for every connection.
        "stop_signal": "SIGTERM",
    }


def _escaped(value: Any) -> Any:
    """The same with each `$` doubled, so that Compose puts no variable in its place."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: _escaped(inner) for key, inner in value.items()}
    return [_escaped(inner) for inner in value] if isinstance(value, list) else value
