"""What the compared proxies lead to: nginx as one process, with a small file and a large one."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from toxi_fleet import free_port
from warm import answered

LARGE = 64 << 20
"""Bytes of the large file. It is a hole, sent from the kernel's cache without a copy."""

CONF = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=2;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


@contextlib.contextmanager
def backend(nginx: Path) -> Iterator[int]:
    """Its port on 127.0.0.1; `/small` has 256 bytes, `/large` has `LARGE`."""
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as folder:
        Path(folder).chmod(0o755)
        Path(folder, "small").write_bytes(b"." * 256)
        with Path(folder, "large").open("wb") as large:
            large.truncate(LARGE)
        port = free_port()
        conf = Path(folder, "nginx.conf")
        conf.write_text(CONF.format(folder=folder, port=port))
        command = [nginx, "-p", folder, "-c", str(conf), "-e", f"{folder}/error.log"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                asyncio.run(answered("127.0.0.1", port, path="/small"))
                yield port
            finally:
                process.terminate()
