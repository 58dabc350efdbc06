"""The files of a round, where they are on this machine and where a container sees them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lab
from lab.engines.base import Plan
from lab.engines.compose.subnet import Subnet

CODE = Path(lab.__file__).resolve().parent / "upstream"
"""The applications, which are mounted over those that an image may have: the two can't differ then."""

HOME = "/lab"
"""Where containers have what is mounted."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one round.

    Attributes:
        plan: what is launched.
        folder: the round's, absolute.
        subnet: its addresses.
        token: of the admin listeners. It is handed to the applications as they start, and is written nowhere.
        secret: signs the shop's tokens, on all replicas; likewise.
    """

    plan: Plan
    folder: Path
    subnet: Subnet
    token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)

    @property
    def applications(self) -> tuple[str, ...]:
        """The hops that are applications."""
        return (*self.plan.apis, "payments")

    @property
    def logs(self) -> Mapping[str, Path]:
        """Reference name → file."""
        names = {"gateway": ("access.log", "lab.log", "error.log"), "system": ("process.log",)}
        names |= dict.fromkeys(self.applications, ("app.log", "stderr.log"))
        return {f"{hop}/{log}": self.folder / "logs" / hop / log for hop, files in names.items() for log in files}

    def prepare(self) -> None:
        """Make the folders and the logs, so that whoever reads or mounts them finds them from the first moment."""
        for path in self.logs.values():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        (self.folder / "conf").mkdir(exist_ok=True)
        for part in ("gateway", "api"):
            (self.folder / "data" / part).mkdir(parents=True, exist_ok=True)

    def said(self, hop: str) -> Path:
        """The file to which a hop's program writes what it says on stdout and stderr."""
        return self.folder / "data" / "gateway" / "output" if hop == "gateway" else self.logs[f"{hop}/stderr.log"]

    def inside(self, path: Path) -> str:
        """Where a container sees a file of the round's folder."""
        return f"{HOME}/{path.relative_to(self.folder)}"

    def mounts(self, hop: str) -> list[dict[str, Any]]:
        """What a hop's container sees of the round's folder: its own, and nothing of another hop."""
        folders = {f"logs/{hop}": False}
        if hop == "gateway":
            # The lock file lies in data/, and comes and goes while nginx runs.
            folders |= {"conf": True, "data": True, "data/gateway": False}
        elif hop != "payments":
            folders |= {"data/api": False}
        mounts = [_mount(self.folder / part, f"{HOME}/{part}", only_read) for part, only_read in folders.items()]
        return mounts if hop == "gateway" else [*mounts, _mount(CODE, f"{HOME}/lab/upstream", True)]

    def settings(self, hop: str) -> dict[str, Any]:
        """What an application is told as it starts."""
        at, admin = self.subnet.hop(hop), self.subnet.admin(hop)
        settings = {
            "kind": "payments" if hop == "payments" else "api",
            "name": hop,
            "log": self.inside(self.logs[f"{hop}/app.log"]),
            "token": self.token,
            "seed": self.plan.seed,
            "listen": str(at),
            "admin": str(admin),
        }
        if hop == "payments":
            return settings
        payments = self.subnet.link("payments") if "payments" in self.plan.linked else self.subnet.hop("payments")
        return {
            **self.plan.api,
            **settings,
            "secret": self.secret,
            "payments": f"http://{payments}",
            "database": f"{HOME}/data/api/shop.db",
        }


def _mount(source: Path, target: str, only_read: bool) -> dict[str, Any]:
    # Without `create_host_path: false` a folder that was taken away would come back, as root's.
    bind = {"create_host_path": False}
    return {"type": "bind", "source": str(source), "target": target, "read_only": only_read, "bind": bind}
