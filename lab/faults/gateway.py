"""Faults at the gateway: its configuration is changed, or its lock file lies there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, field_validator

from lab.catalog.model import Model
from lab.catalog.scenario import GatewayConf
from lab.engines.base import Stack


class Conf(Model):
    """The gateway is reloaded with other settings, those of a scenario's `topology.gateway`."""

    name: ClassVar[str] = "conf"
    needs: ClassVar[frozenset[str]] = frozenset({"gateway-reload"})

    set: Mapping[str, Any] = Field(min_length=1)
    """Setting → value."""

    @property
    def kills(self) -> tuple[str, ...]:
        return ()

    @field_validator("set")
    @classmethod
    def _settings(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """They are checked where the scenario is loaded, by the model of its topology."""
        GatewayConf.model_validate(given)
        return given

    async def inject(self, stack: Stack) -> None:
        await stack.gateway.set_conf(**self.set)

    async def restore(self, stack: Stack) -> None:
        await stack.gateway.set_conf(**{name: stack.conf[name] for name in self.set})


class Lock(Model):
    """The maintenance lock file lies at the gateway, which then answers 503 with Retry-After by itself."""

    name: ClassVar[str] = "lock"
    needs: ClassVar[frozenset[str]] = frozenset({"gateway-lock"})

    @property
    def kills(self) -> tuple[str, ...]:
        return ()

    async def inject(self, stack: Stack) -> None:
        stack.gateway.lock(True)

    async def restore(self, stack: Stack) -> None:
        stack.gateway.lock(False)
