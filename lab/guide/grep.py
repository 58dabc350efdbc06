"""Commands that find a sign in a log, and signs in words.

A command is made only for a sign that a pattern can express as a whole: what it finds shows the sign. The patterns
for error.log work on any nginx's error log; those for lab.log need the log_format that the lab uses.
"""

from __future__ import annotations

import re
from typing import Any

from lab.catalog.fact import Sign

_PHASES = {
    "connecting": "while connecting to upstream",
    "ssl handshaking": "while SSL handshaking to upstream",
    "sending request": "while sending request to upstream",
    "reading header": "while reading response header from upstream",
    "reading body": "while (reading upstream|proxying upgraded connection)",
}
_LAB = ("status", "bytes", "rid", "rt", "uct", "uht", "urt", "us", "ua", "cs", "ubr", "cl", "rl", "conn", "reqs")
"""The variables of lab.log, in the order of its log_format."""
_QUOTED = frozenset({"uct", "uht", "urt", "us", "ua", "ubr"})
_TIMES = frozenset({"rt", "uct", "uht", "urt"})
_GROUP = re.compile(r"(?<!\\)\((?!\?)")

PLACES = {
    "gateway-error": "error.log",
    "gateway-lab": "lab.log",
    "gateway-access": "access.log",
    "app": "the application's log",
    "stderr": "stderr",
    "process": "the service manager's log",
    "client": "what the client noted",
    "probe": "a probe",
    "inspect": "a reading",
    "mix": "the mix",
    "absence": "no line in",
}


def command(sign: Sign) -> str | None:
    """The command that finds lines which show `sign`; None where no pattern can say it."""
    if sign.kind == "gateway-error":
        return _error(dict(sign.where))
    if sign.kind == "gateway-lab":
        return _lab(dict(sign.where))
    return None


def in_log(pattern: str, log: str) -> str:
    """The command that finds an extended regular expression in a log."""
    quoted = pattern.replace("'", "'\\''")
    return f"grep -{'P' if '(?' in pattern else 'E'} '{quoted}' {log}"


def in_words(sign: Sign) -> str:
    """A sign as `where: field value, …`; what a round draws is left out, and so is which unit or hop."""
    said = [
        f"{field} {_worded(wanted)}"
        for field, wanted in sign.where.items()
        if not _drawn(wanted) and field not in ("unit", "hop", "log", "topic")
    ]
    place = PLACES[sign.kind]
    if sign.kind == "absence":
        log = str(sign.where.get("log", "any log")).lstrip("~^").replace("-\\d+", "")
        return f"{place} {log}"
    return f"{place}: {', '.join(said)}" if said else place


def _error(where: dict[str, Any]) -> str | None:
    level, message, errno = where.pop("level", None), where.pop("message", None), where.pop("errno", None)
    phases, subrequest = _several(where.pop("phase", ())), where.pop("subrequest", None)
    if where or subrequest not in (None, "set") or not set(phases) <= set(_PHASES):
        return None
    parts = [] if level is None else [rf"\[{level}\]"]
    number = None if errno is None else rf"\({_pattern(errno)}: "
    if message is not None:
        if _pattern(message) is None:
            return None
        parts.append(_message(str(message)))
    elif number is not None:
        parts.append(number)
    if phases and "while " not in str(message):
        parts.append(_PHASES[phases[0]] if len(phases) == 1 else f"({'|'.join(_PHASES[phase] for phase in phases)})")
    if subrequest:
        parts.append('subrequest: "')
    if not parts:
        return None
    found = in_log(".*".join(parts), "error.log")
    if message is None or number is None:
        return found
    return f"{found} | grep -E '{number}'"  # whether the number comes before or behind the words is not known


def _several(wanted: Any) -> tuple[Any, ...]:
    return tuple(wanted) if isinstance(wanted, list | tuple) else (wanted,)


def _message(wanted: str) -> str:
    """The pattern of a message within its line: it begins behind the connection's number and ends before the tail."""
    start = r"#[0-9]+: (\*[0-9]+ )?" if wanted.startswith("~^") else ""
    said = _pattern(wanted) or ""
    return start + (f"{said[:-1]}(, client: |$)" if said.endswith("$") and wanted.startswith("~") else said)


def _lab(where: dict[str, Any]) -> str | None:
    parts = []
    if (path := where.pop("path", None)) is not None:
        said = _pattern(path)
        if said is None:
            return None
        parts.append(f'"[A-Z]+ {"" if str(path).startswith(("~^", "/")) else "[^ ]*"}{said}')
    for field in _LAB:
        if field in where:
            said = _value(field, where.pop(field))
            if said is None:
                return None
            parts.append(_renumbered(said, len(_GROUP.findall(".*".join(parts)))))
    return in_log(".*".join(parts), "lab.log") if parts and not where else None


def _renumbered(pattern: str, before: int) -> str:
    """A pattern whose references to its own groups hold behind as many groups of others."""
    return re.sub(r"\\([1-9])", lambda back: f"\\{int(back[1]) + before}", pattern)


def _value(field: str, wanted: Any) -> str | None:
    """The pattern of `field=…` in lab.log."""
    quote = '"' if field in _QUOTED else ""
    if wanted == "set":
        if field in _TIMES:
            return f"{field}={quote}[0-9.]+{quote or ' '}"
        return f'{field}={quote}[^-" ]'
    if wanted == "unset":
        return f"{field}={quote}-{quote or ' '}"
    if wanted == "> 0" and field not in _TIMES:
        return f"{field}={quote}[1-9]"
    if isinstance(wanted, str) and wanted.startswith("~"):
        start = "" if wanted.startswith("~^") else '[^"]*' if quote else r"\S*"
        said = _pattern(wanted)
        if said is None:
            return None
        end = (said[:-1], quote or " ") if said.endswith("$") and not said.endswith(r"\$") else (said, "")
        return f"{field}={quote}{start}{''.join(end)}"
    said = _pattern(wanted)
    return None if said is None else f"{field}={quote}{said}{quote or ' '}"


def _pattern(wanted: Any) -> str | None:
    """An extended regular expression for a value; None for a comparison and for what a round draws."""
    if isinstance(wanted, list | tuple):
        several = [_pattern(one) for one in wanted]
        return None if None in several else f"({'|'.join(str(one) for one in several)})"
    if _drawn(wanted) or wanted in ("set", "unset"):
        return None
    text = str(wanted)
    if text.startswith("~"):
        said = text[1:].removeprefix("^").replace(r"\d", "[0-9]")
        return f"({said})" if "|" in said else said
    if re.match(r"[<>]=? ", text):
        return None
    return re.sub(r"([\\.\[\](){}*+?^$|])", r"\\\1", text)


def _drawn(wanted: Any) -> bool:
    return any(isinstance(one, str) and one.rpartition(" ")[2].startswith(("$", "@")) for one in _several(wanted))


def _worded(wanted: Any) -> str:
    if isinstance(wanted, list | tuple):
        return " or ".join(_worded(one) for one in wanted)
    if wanted == "unset":
        return "-"
    if isinstance(wanted, bool):
        return "yes" if wanted else "no"
    text = str(wanted)
    return f"`{text[1:]}`" if text.startswith("~") else text
