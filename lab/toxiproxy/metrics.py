"""The counters of bytes and of the process, in the text form that Prometheus reads."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.toxiproxy.connection import Connection
    from lab.toxiproxy.proxy import Proxy

TYPE = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"

_Labels = tuple[str, str, str, str]


class Counters:
    """Bytes that went over connections; those of open ones are counted as they are asked for."""

    def __init__(self) -> None:
        self._received: Counter[_Labels] = Counter()
        self._sent: Counter[_Labels] = Counter()

    def add(self, proxy: Proxy, connection: Connection) -> None:
        """A connection is over."""
        _count(self._received, self._sent, proxy, connection)

    def text(self, proxies: Iterable[Proxy]) -> str:
        """The two families, with what is under way on these proxies."""
        received, sent = self._received.copy(), self._sent.copy()
        for proxy in proxies:
            for connection in proxy.connections():
                _count(received, sent, proxy, connection)
        return "".join([*_family("received", received), *_family("sent", sent)])


def _count(received: Counter[_Labels], sent: Counter[_Labels], proxy: Proxy, connection: Connection) -> None:
    for direction, link in zip(("upstream", "downstream"), connection.links, strict=False):
        labels = (direction, proxy.listen, proxy.name, proxy.upstream)
        received[labels] += link.received
        sent[labels] += link.sent


def _family(which: str, counts: Counter[_Labels]) -> Iterator[str]:
    name = f"toxiproxy_proxy_{which}_bytes_total"
    if counts:
        yield f"# HELP {name} \n# TYPE {name} counter\n"
    for labels, count in sorted(counts.items()):
        direction, listener, proxy, upstream = map(_escape, labels)
        yield f'{name}{{direction="{direction}",listener="{listener}",proxy="{proxy}",upstream="{upstream}"}} {count}\n'


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


_STARTED = time.time()


def runtime() -> str:
    """What is known of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    rows: list[tuple[str, str, float]] = [
        ("process_cpu_seconds_total", "counter", usage.ru_utime + usage.ru_stime),
        ("process_start_time_seconds", "gauge", _STARTED),
        ("process_max_fds", "gauge", resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
    ]
    if Path("/proc/self/statm").exists():
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
        size = os.sysconf("SC_PAGE_SIZE")
        rows += [
            ("process_open_fds", "gauge", sum(1 for _ in Path("/proc/self/fd").iterdir())),
            ("process_virtual_memory_bytes", "gauge", int(pages[0]) * size),
            ("process_resident_memory_bytes", "gauge", int(pages[1]) * size),
        ]
    text = "".join(f"# TYPE {name} {kind}\n{name} {value}\n" for name, kind, value in sorted(rows))
    return f'# TYPE python_info gauge\npython_info{{version="{sys.version.split()[0]}"}} 1\n{text}'
