"""What a server is asked to do beyond what the real one does; all of it off unless asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Choices that hold for a whole server.

    Attributes:
        seed: for toxicity, jitter and slices; None for other draws each time.
        transparent: an RST is passed on as an RST and a half-close as a half-close; a client whose upstream can't be
            reached gets an RST. Its connect has succeeded by then: a relay accepts before it can know, so neither
            "refused" nor an unanswered connect can be shown as such, only as a reset and as silence.
        journal: keep a record of each connection.
        populate_toxics: `toxics` inside the entries of populate and of a config file are added.
        proxy_metrics, runtime_metrics: what /metrics tells; with neither there is no such route.
    """

    seed: int | None = None
    transparent: bool = False
    journal: bool = False
    populate_toxics: bool = False
    proxy_metrics: bool = False
    runtime_metrics: bool = False
