"""The machine that was measured, in one line."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

import nginx_here


def described() -> str:
    nginx = nginx_here.version() or "no nginx"
    system = f"{platform.system()} {platform.release()}"
    return f"{cpu()}, {os.cpu_count()} cores, {system}, Python {platform.python_version()}, nginx {nginx}"


def cpu() -> str:
    """The model of the processor, where the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE) if cpuinfo.exists() else None
    return found[1] if found else platform.processor() or platform.machine()
