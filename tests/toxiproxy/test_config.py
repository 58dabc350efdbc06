"""Configuration files: the good, and what is said of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.toxiproxy.config import BadConfig, read_config


def test_a_list_of_proxies(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    file.write_text('[{"name": "a", "upstream": "u:1", "Enabled": false, "other": 1}]')
    assert read_config(file) == [{"name": "a", "upstream": "u:1", "enabled": False}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"[\n  {]", "line 2, column 4: no JSON"),
        (b"{}", "a list of proxies was expected"),
        (b"[1]", "proxy 1: an object was expected"),
        (b'[{"name": "a"}]', "proxy 1: `upstream` is missing"),
        (b'[{"name": "a", "upstream": "u:1"}, {"name": 7}]', "proxy 2: `name` has to be text, not 7"),
        (b'[{"name": "a", "upstream": "u:1", "enabled": "no"}]', "`enabled` has to be true or false"),
        (b"\xff", "UTF-8"),
        (b"[" * 100_000, "nested so deeply"),
        (b"", "line 1, column 1"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: bytes, said: str) -> None:
    file = tmp_path / "c.json"
    file.write_bytes(text)
    with pytest.raises(BadConfig) as raised:
        read_config(file)
    assert str(raised.value).startswith(str(file))
    assert said in str(raised.value)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="can't be read: No such file"):
        read_config(tmp_path / "none")
