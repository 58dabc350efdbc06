"""client.log: what the clients saw, one JSON object a line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from lab.traffic.exchange import Exchange


def line(exchange: Exchange) -> str:
    """The line of an exchange, without its newline. `ts` is when it began; phases are in seconds."""
    phases = exchange.phases
    return json.dumps(
        {
            "ts": _timestamp(exchange.at),
            "client": exchange.client,
            "actor": exchange.actor,
            "rid": exchange.rid,
            "method": exchange.method,
            "path": exchange.path,
            "route": exchange.route,
            "status": exchange.status,
            "errno": exchange.errno,
            "error": exchange.error,
            "detail": exchange.detail,
            "tcp": seconds(phases.tcp),
            "first_byte": seconds(phases.first_byte),
            "total": seconds(phases.total),
            "bytes": exchange.bytes,
            "complete": exchange.complete,
            "retry_after": exchange.header("retry-after"),
            "server": exchange.header("server"),
        }
    )


def seconds(value: float | None) -> float | None:
    """Seconds to the microsecond."""
    return None if value is None else round(value, 6)


class ClientLog:
    """The open client.log. Each line is one write to a file that is only ever appended to, so it is there at once.

    Raises:
        OSError: when it cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)

    def write(self, exchange: Exchange) -> None:
        """Append one exchange."""
        self._file.write(line(exchange).encode() + b"\n")

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        self._file.close()

    def __enter__(self) -> ClientLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _timestamp(at: float) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
