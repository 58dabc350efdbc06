"""The base of everything that is read from YAML: frozen, and strict about keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen model to which an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
