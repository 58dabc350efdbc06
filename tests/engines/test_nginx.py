from __future__ import annotations

import asyncio
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from lab.engines.base import Address
from lab.engines.gateway_conf import GatewayConf, render
from lab.engines.process import nginx
from lab.engines.process.nginx import Nginx, find
from lab.errors import LabError

SOME = Nginx(Path("/opt/nginx"), (1, 22, 1), "--with-x --without-http_scgi_module")
GATEWAY = Address("127.77.1.10", 8080)
APIS = (Address("127.77.1.21", 8000), Address("127.77.1.22", 8001))


def program(folder: Path, says: str, *, name: str = "nginx") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    path.chmod(0o755)
    return path


def directives(text: str) -> dict[str, str]:
    found = re.findall(r"^\s*(\w+) ([^;{]+);", re.sub(r"#.*", "", text), re.MULTILINE)
    return dict(found)


def test_the_settings_are_in_the_configuration() -> None:
    conf = GatewayConf(read_timeout=2.5, connect_timeout=1, next_upstream="error timeout", max_fails=2)
    text = render(conf, GATEWAY, APIS, True, SOME.temp_paths)
    said = directives(text)
    assert said["proxy_read_timeout"] == "2500ms"
    assert said["proxy_connect_timeout"] == "1s"
    assert said["proxy_next_upstream"] == "error timeout"
    assert said["listen"] == "127.77.1.10:8080"
    assert said["proxy_bind"] == "127.77.1.10"
    assert text.count("max_fails=2") == 2
    assert "server 127.77.1.22:8001 " in text


def test_without_own_addresses_nothing_is_bound() -> None:
    assert "proxy_bind" not in render(GatewayConf(), GATEWAY, APIS, False, SOME.temp_paths)


def test_nothing_is_outside_of_the_rounds_folder() -> None:
    said = directives(render(GatewayConf(), GATEWAY, APIS, True, SOME.temp_paths))
    places = {name: value for name, value in said.items() if name.endswith(("_path", "_log", "pid", "lock_file"))}
    assert {"fastcgi_temp_path", "uwsgi_temp_path", "proxy_temp_path", "client_body_temp_path", "pid"} <= set(places)
    assert all(value.startswith(("data/", "logs/")) for value in places.values()), places
    assert "scgi_temp_path" not in places, "this nginx has no such module"


def test_before_1_19_5_there_is_no_early_log() -> None:
    new = SOME.argv(Path("/round"), "-t", conf="c", early="e")
    assert new == ("/opt/nginx", "-p", "/round/", "-c", "c", "-e", "e", "-t")
    assert "-e" not in replace(SOME, version=(1, 18, 0)).argv(Path("/round"), "-t", conf="c", early="e")


@pytest.mark.parametrize(("uid", "user"), [(0, "root"), (1000, None)])
def test_workers_of_root_stay_root(monkeypatch: pytest.MonkeyPatch, uid: int, user: str | None) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    assert directives(render(GatewayConf(), GATEWAY, APIS, True, SOME.temp_paths)).get("user") == user


def test_the_lab_format_has_every_field_in_its_order() -> None:
    text = render(GatewayConf(), GATEWAY, APIS, True, SOME.temp_paths)
    form = "".join(re.findall(r"'([^']*)'", text.partition("log_format lab")[2].partition(";")[0]))
    assert form == (
        '$time_iso8601 $remote_addr "$request" status=$status bytes=$body_bytes_sent rid=$lab_rid rt=$request_time '
        'uct="$upstream_connect_time" uht="$upstream_header_time" urt="$upstream_response_time" us="$upstream_status" '
        'ua="$upstream_addr" cs=$upstream_cache_status ubr="$upstream_bytes_received" cl=$sent_http_content_length '
        "rl=$request_length conn=$connection reqs=$connection_requests msec=$msec"
    )


def test_a_setting_that_there_is_not_is_named() -> None:
    with pytest.raises(LabError, match="no setting called reed_timeout"):
        GatewayConf().changed({"reed_timeout": 1})


async def test_lab_nginx_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = program(tmp_path, "nginx version: nginx/1.25.3\nconfigure arguments: --with-a --with-b")
    monkeypatch.setenv("LAB_NGINX", str(chosen))
    assert await find() == Nginx(chosen, (1, 25, 3), "--with-a --with-b")


async def test_then_path_then_the_usual_places_then_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LAB_NGINX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(nginx, "_PLACES", (str(tmp_path / "usual"),))
    monkeypatch.setattr(nginx, "data_dir", lambda name: tmp_path / "checkout" / name)
    places = [tmp_path / "bin", tmp_path / "usual", tmp_path / "checkout" / ".nginx" / "usr" / "sbin"]
    with pytest.raises(LabError, match="no nginx on this machine"):
        await find()
    for place in reversed(places):
        place.mkdir(parents=True)
        path = program(place, "nginx version: nginx/1.22.1")
        assert (await find()).path == path


@pytest.mark.parametrize(
    ("says", "error"),
    [("nginx version: nginx/1.16.1", "too old"), ("usage: something else", "too old or no nginx")],
)
async def test_what_will_not_do_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, error: str
) -> None:
    monkeypatch.setenv("LAB_NGINX", str(program(tmp_path, says)))
    with pytest.raises(LabError, match=error):
        await find()


async def test_what_does_not_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "nginx"
    monkeypatch.setenv("LAB_NGINX", str(broken))
    with pytest.raises(LabError, match="is not a program"):
        await find()
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(LabError, match="does not run"):
        await find()


async def test_another_program_in_its_place_is_asked_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_NGINX", str(program(tmp_path, "nginx version: nginx/1.22.1")))
    assert (await find()).version == (1, 22, 1)
    path = program(tmp_path, "nginx version: nginx/1.29.4")
    os.utime(path, ns=(1, 1))
    assert (await find()).version == (1, 29, 4)


@pytest.mark.nginx
async def test_nginx_finds_no_fault_in_it(tmp_path: Path) -> None:
    found = await find()
    for part in ("conf", "data/gateway", "logs/gateway"):
        (tmp_path / part).mkdir(parents=True)
    for conf in (GatewayConf(), replace(GatewayConf(), next_upstream="error timeout http_502", max_fails=3)):
        (tmp_path / "conf" / "nginx.conf").write_text(render(conf, GATEWAY, APIS, True, found.temp_paths))
        tested = await asyncio.create_subprocess_exec(
            *found.argv(tmp_path, "-t", conf="conf/nginx.conf", early="logs/gateway/error.log"),
            stderr=asyncio.subprocess.PIPE,
        )
        said = (await tested.communicate())[1].decode()
        assert tested.returncode == 0, said
        assert "[warn]" not in said
