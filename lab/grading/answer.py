"""An answer: what somebody said for each part, in the vocabulary's ids, and the evidence cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lab.catalog.vocabulary import SET_OF_PART, Vocabulary, nearest
from lab.errors import LabError
from lab.logs.ref import Ref, parse_ref

MOST_PIECES = 3
_NO_STATUS = ("none", "no", "-", "no status", "no answer", "nothing")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered.

    Attributes:
        parts: part → id of the vocabulary, status (`502`, `none`), or the text of a measured value.
        evidence: at most three references.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Ref, ...] = ()

    def __post_init__(self) -> None:
        if len(self.evidence) > MOST_PIECES:
            raise LabError(
                f"{len(self.evidence)} pieces of evidence are too many.",
                f"Cite the {MOST_PIECES} that prove it, or fewer.",
                code=2,
            )


def parse_answer(
    raw: Mapping[str, str], evidence: Iterable[str], vocabulary: Vocabulary, asked: Iterable[str]
) -> Answer:
    """The answer that a person typed; a part left empty was not answered.

    Args:
        raw: part → what was typed.
        evidence: the references as typed.
        vocabulary: the closed sets; ids, titles and aliases name a value.
        asked: the parts that the round asks. The text of a measured part is kept; grading reads it.

    Raises:
        LabError: usage, for a part that is not asked, a value that nothing is called, and a reference that is none.
    """
    known = [part for part in asked if part != "evidence"]
    parts = {}
    for name, said in raw.items():
        part = name if name in known else name.strip().lower().replace("-", "_").replace(" ", "_")
        if part not in known:
            raise LabError(f"This round does not ask for {name!r}.", nearest(part, known), code=2)
        if said.strip():
            parts[part] = _value(part, said.strip(), vocabulary)
    return Answer(parts, tuple(dict.fromkeys(parse_ref(text) for text in evidence)))


def _value(part: str, said: str, vocabulary: Vocabulary) -> str:
    if part == "status":
        return _status(said)
    return vocabulary.term(SET_OF_PART[part], said).id if part in SET_OF_PART else said


def _status(said: str) -> str:
    if said.lower() in _NO_STATUS:
        return "none"
    if found := re.fullmatch(r"([0-9]{3})(?:\s.*)?", said):
        return found[1]
    raise LabError(f"{said!r} is not a status.", "Write the three digits, or none where no status arrived.", code=2)
