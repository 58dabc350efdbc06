"""The files of a launched system in the round's folder, and the orders by which its processes are started."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.engines.base import Address, Plan
from lab.engines.process.addresses import Addresses
from lab.engines.process.nginx import Nginx
from lab.engines.process.orders import Order
from lab.engines.process.unit import ProcessUnit
from lab.engines.unit import Restart

_APPLICATION_FILES = 256
_GATEWAY_FILES = 512


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything of one stack is.

    Attributes:
        round: the round's name.
        scope: the prefix of its processes' keys; no other stack of the same zygote has it.
        folder: the round's, absolute.
        plan: what is launched.
        restart: the policy of all units.
        token: of the admin listeners.
        secret: signs the shop's tokens, on all replicas.
        logs: reference name → file.
    """

    round: str
    scope: str
    folder: Path
    plan: Plan
    restart: Restart
    token: str = field(repr=False)
    secret: str = field(repr=False)
    logs: Mapping[str, Path]

    @classmethod
    def prepare(cls, plan: Plan, scope: str, restart: Restart) -> Layout:
        """Make the folders and the logs, so that whoever reads them finds them from the first moment."""
        folder = plan.folder.absolute()
        names = {"gateway": ("access.log", "lab.log", "error.log"), "system": ("process.log",)}
        names |= dict.fromkeys((*plan.apis, "payments"), ("app.log", "stderr.log"))
        logs = {f"{hop}/{log}": folder / "logs" / hop / log for hop, files in names.items() for log in files}
        for path in logs.values():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        (folder / "conf").mkdir(exist_ok=True)
        (folder / "data" / "gateway").mkdir(parents=True, exist_ok=True)
        return cls(plan.round, scope, folder, plan, restart, secrets.token_hex(16), secrets.token_hex(16), logs)

    @property
    def process_log(self) -> Path:
        """Where the service manager writes."""
        return self.logs["system/process.log"]

    def gateway(self, at: Addresses, nginx: Nginx) -> ProcessUnit:
        """The unit that is nginx."""
        # Where it can't start, it says so here too, whatever its version.
        said = self.folder / "data" / "gateway" / "output"
        order = Order(
            key=f"{self.scope}/gateway",
            round=self.round,
            folder=str(self.folder),
            output=str(said),
            files=_GATEWAY_FILES,
            listen=(at.gateway,),
            argv=nginx.argv(self.folder, conf="conf/nginx.conf", early="logs/gateway/error.log"),
        )
        return ProcessUnit("gateway", at.gateway, None, "", said, self.restart, order)

    def applications(self, at: Addresses) -> list[ProcessUnit]:
        """The replicas and payments."""
        own = bool(at.clients)
        api = {
            **self.plan.api,
            "kind": "api",
            "secret": self.secret,
            "payments": f"http://{at.links.get('payments', at.payments)}",
            "seed": self.plan.seed,
            "database": str(self.folder / "data" / "shop.db"),
        }
        units = [
            self._application(name, address, admin, {**api, "source": address.host if own else None})
            for name, address, admin in zip(self.plan.apis, at.apis, at.api_admins, strict=True)
        ]
        payments = {"kind": "payments", "seed": self.plan.seed}
        return [*units, self._application("payments", at.payments, at.payments_admin, payments)]

    def _application(self, name: str, address: Address, admin: Address, settings: Mapping[str, Any]) -> ProcessUnit:
        said = self.logs[f"{name}/stderr.log"]
        order = Order(
            key=f"{self.scope}/{name}",
            round=self.round,
            folder=str(self.folder),
            output=str(said),
            files=_APPLICATION_FILES,
            listen=(address, admin),
            settings={**settings, "name": name, "log": str(self.logs[f"{name}/app.log"]), "token": self.token},
        )
        return ProcessUnit(name, address, admin, self.token, said, self.restart, order)
