"""The gateway's configuration for docker-compose.yml, from the template that rounds use.

`PYTHONPATH=tests/support .venv/bin/python -m compose_conf` writes it anew.
"""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from lab.engines.base import Address
from lab.engines.gateway_conf import GatewayConf, render
from lab.engines.process.nginx import Nginx

CONF = Path(__file__).parents[2] / "nginx" / "compose.conf"
"""What the container mounts."""

LINKS = (Address("toxiproxy.front", 8001), Address("toxiproxy.front", 8002))
"""The links to the two replicas."""

_MADE_BY = "# Made from templates/nginx.conf.j2 by tests/support/compose_conf.py; a test compares them.\n"


def text() -> str:
    """The configuration as it has to be."""
    nginx = Nginx(Path("nginx"), (1, 28, 0), built="")
    # The template names a user for a root master, as it is in the container; the image's own user there.
    with patch("os.geteuid", return_value=0):
        rendered = render(GatewayConf(), Address("0.0.0.0", 8080), LINKS, own=False, temp_paths=nginx.temp_paths)
    return _MADE_BY + rendered.replace("user root;", "user nginx;")


if __name__ == "__main__":
    CONF.write_text(text(), encoding="utf-8")
