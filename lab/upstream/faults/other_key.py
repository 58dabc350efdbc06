"""Payments takes another key than it did."""

from __future__ import annotations

import secrets

from lab.upstream.faults.base import Application, Fault
from lab.upstream.faults.params import BadParams, Params

SAYS = ("the key is not valid", "the key was revoked", "the key has expired")


class OtherKey(Fault):
    """`says`: the key was changed, and whoever shows the old one gets 401 and is told this."""

    name = "other-key"

    def __init__(self, params: Params, application: Application) -> None:
        if application.payments is None:
            raise BadParams(f"{self.name}: {application.name} wants no key; expected payments")
        self._says = params.choice("says", SAYS)
        self._service = application.payments

    def put_in(self) -> None:
        """A new key that nobody was told."""
        service = self._service
        self._before = service.key, service.refusal
        service.key, service.refusal = f"pk_shop_{secrets.token_hex(8)}", self._says

    def taken_out(self) -> None:
        """The old one again."""
        self._service.key, self._service.refusal = self._before
