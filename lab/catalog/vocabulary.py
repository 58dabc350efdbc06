"""The closed sets in which answers are given."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Literal

from lab.catalog.model import Model
from lab.errors import LabError

SetName = Literal["layers", "hops", "mechanisms", "next_steps", "patterns", "retries"]


class Term(Model):
    """One value that can be answered."""

    id: str
    title: str
    says: str
    """One sentence."""
    aliases: tuple[str, ...] = ()
    """What a person would type for it."""


class Vocabulary(Model):
    """All closed sets. Which part of an answer uses which set stands in `SET_OF_PART`."""

    format_version: Literal[1]
    layers: tuple[Term, ...]
    hops: tuple[Term, ...]
    mechanisms: tuple[Term, ...]
    next_steps: tuple[Term, ...]
    patterns: tuple[Term, ...]
    retries: tuple[Term, ...]

    def terms(self, name: SetName) -> tuple[Term, ...]:
        """The terms of one set."""
        terms: tuple[Term, ...] = getattr(self, name)
        return terms

    def term(self, name: SetName, said: str) -> Term:
        """The term that `said` names by id, title or alias, whatever its case, dashes and underscores.

        Raises:
            LabError: when there is none; the cure offers the nearest.
        """
        names = {_plain(alias): term for term in self.terms(name) for alias in term.aliases}
        names |= {_plain(term.title): term for term in self.terms(name)}
        names |= {_plain(term.id): term for term in self.terms(name)}  # an id is never taken over by an alias
        if found := names.get(_plain(said)):
            return found
        one = name.replace("_", " ").removesuffix("s")
        raise LabError(f"There is no {one} called {said!r}.", nearest(said, [t.id for t in self.terms(name)]), code=2)


SET_OF_PART: dict[str, SetName] = {
    "layer": "layers",
    "written_by": "hops",
    "fault_at": "hops",
    "mechanism": "mechanisms",
    "next_step": "next_steps",
    "pattern": "patterns",
    "retry": "retries",
}


def nearest(said: str, known: Iterable[str], *, see: str = "`lab vocabulary` lists them") -> str:
    """A sentence that offers the names nearest to what was said."""
    names = list(known)
    close = difflib.get_close_matches(said.lower(), names, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"Known are {', '.join(names)}." if len(names) <= 12 else f"{see[:1].upper()}{see[1:]}."


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("-", " ").replace("_", " ").split())
