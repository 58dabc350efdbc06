"""What one application process is told when it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal

RELEASE = "2026.11.3"
"""The release that the applications report of themselves."""

ENVIRONMENT: Mapping[str, str] = {"SHOP_CURRENCY": "EUR", "SHOP_NAME": "shop", "SHOP_REVIEWER": "purchasing"}
"""The variables of its environment that the shop's handlers read."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process. Times are seconds.

    Attributes:
        kind: `api` (the shop) or `payments`.
        name: its hop, such as `api-1`.
        log: path of its `app.log`, which is appended to.
        token: the bearer token of its admin listener.
        secret: signs the shop's tokens; replicas share it.
        payments: the base URL of payments, None where there is none to call.
        source: the address from which its outgoing connections come, None for any.
        seed: decides the shop's data and the jitter of payments.
        database: path of the SQLite file, made when it is missing.
        pool_size: connections in the database pool; there is no overflow.
        pool_timeout: how long a request waits for a connection.
        query_time: how long the database takes to answer, over and above what SQLite needs.
        payments_timeout: how long the shop waits for payments.
        payments_key: what the shop shows to payments, and what payments wants to be shown.
        busy_timeout: how long a statement waits for another transaction's lock.
        query_limit: how long a query may take before it is interrupted; 0: as long as it likes.
        environment: variables that are set in the process, for the handlers that read them.
        faults: those in force from the first request on, each with its `name` and parameters.
    """

    kind: Literal["api", "payments"]
    name: str
    log: str
    token: str
    secret: str = ""
    payments: str | None = None
    source: str | None = None
    seed: int = 0
    database: str = ""
    pool_size: int = 8
    pool_timeout: float = 2.0
    query_time: float = 0.0
    payments_timeout: float = 5.0
    payments_key: str = "pk_shop_2f9c61"
    busy_timeout: float = 2.0
    query_limit: float = 0.0
    environment: Mapping[str, str] = field(default_factory=lambda: dict(ENVIRONMENT))
    faults: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Settings:
        """Settings from the dict that the engine hands over.

        Raises:
            ValueError: names the keys that are unknown or missing, or the value that is not possible.
        """
        known = {one.name for one in fields(cls)}
        needed = {one.name for one in fields(cls) if one.default is MISSING and one.default_factory is MISSING}
        if unknown := sorted(set(given) - known):
            raise ValueError(f"unknown settings: {', '.join(unknown)}; known are {', '.join(sorted(known))}")
        if missing := sorted(needed - set(given)):
            raise ValueError(f"missing settings: {', '.join(missing)}")
        settings = cls(
            **{
                **given,
                "log": str(given["log"]),
                "database": str(given.get("database") or ""),
                "faults": tuple(given.get("faults") or ()),
            }
        )
        settings._check()
        return settings

    def _check(self) -> None:
        if self.kind not in ("api", "payments"):
            raise ValueError(f"kind is api or payments, not {self.kind!r}")
        if not self.token:
            raise ValueError("the admin token is empty")
        if self.kind == "api" and not (self.secret and self.database):
            raise ValueError("an api needs a secret and a database")
        if self.pool_size < 1:
            raise ValueError(f"pool_size is at least 1, not {self.pool_size}")
        if min(self.pool_timeout, self.query_time, self.busy_timeout, self.query_limit) < 0:
            raise ValueError("pool_timeout, query_time, busy_timeout and query_limit are at least 0")
        if self.payments_timeout <= 0:
            raise ValueError("payments_timeout is more than 0")
