"""Addresses as Go reads and writes them."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from lab.toxiproxy.address import BadAddress, Place, bound, listening, port_of, resolve, split

NAMED_SERVICES = pytest.mark.skipif(
    not Path("/etc/services").exists(), reason="names of services stand in /etc/services, which slim images lack"
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [("", ("", "")), (":80", ("", "80")), ("h:80", ("h", "80")), ("[::1]:80", ("::1", "80")), ("h:", ("h", ""))],
)
def test_host_and_port(text: str, parts: tuple[str, str]) -> None:
    assert split(text) == parts


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x", "address x: missing port in address"),
        ("[::1", "address [::1: missing ']' in address"),
        ("[::1]", "address [::1]: missing port in address"),
        ("[::1]x:1", "address [::1]x:1: missing port in address"),
        ("[::1]:x:1", "address [::1]:x:1: too many colons in address"),
        ("a:b:c", "address a:b:c: too many colons in address"),
        ("]:1", "address ]:1: unexpected ']' in address"),
        ("a[:1", "address a[:1: unexpected '[' in address"),
    ],
)
def test_what_is_no_address(text: str, error: str) -> None:
    with pytest.raises(BadAddress) as raised:
        split(text)
    assert str(raised.value) == error


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("80", 80),
        ("+1", 1),
        *(pytest.param(name, 80, marks=NAMED_SERVICES) for name in ("http", "HTTP")),
    ],
)
def test_a_port(text: str, number: int) -> None:
    assert port_of(text) == number


@pytest.mark.parametrize("text", ["-1", "65536", "9" * 5000, "nosuch", "é", "1 "])
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(BadAddress):
        port_of(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("localhost:5", "127.0.0.1:5"),
        ("127.0.0.1:5", "127.0.0.1:5"),
        ("0.0.0.0:5", "[::]:5"),
        (":5", "[::]:5"),
        ("[::]:5", "[::]:5"),
        ("[0:0::1]:5", "[::1]:5"),
    ],
)
async def test_a_place_in_its_usual_spelling(text: str, canonical: str) -> None:
    assert (await resolve(text))[0].canonical == canonical


@pytest.mark.parametrize("text", ["127.1:0", "999.1.1.1:1", "a b:1", "\x00:1", "é:1", f"{'a' * 64}:1"])
async def test_no_name_server_is_asked_for_what_is_no_name(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", None)
    with pytest.raises(BadAddress, match=r"no such host$"):
        await resolve(text)


def test_listening_and_a_taken_port() -> None:
    with listening(Place("127.0.0.1", 0)) as listener:
        text = bound(listener)
        port = int(text.rpartition(":")[2])
        assert text == f"127.0.0.1:{port}"
        with pytest.raises(BadAddress, match=f"^{text}: bind: address already in use$"):
            listening(Place("127.0.0.1", port))
    with listening(Place("", 0)) as listener:
        assert bound(listener).startswith("[::]:")
