"""All pages by topic, and finding one by what a person types."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from functools import partial

from lab.errors import LabError
from lab.guide.checklist import checklist
from lab.guide.codes import code_page, errno_page, errnos, statuses
from lab.guide.index import OTHERS, index
from lab.guide.material import Material, status_topic
from lab.guide.page import Page
from lab.guide.timeouts import timeouts
from lab.guide.topics import below_http, measured, mix, symptoms

INDEX = "index"

_OTHERS: Mapping[str, Callable[[Material], Page]] = {
    INDEX: index,
    "symptoms": symptoms,
    "checklist": checklist,
    "mix": mix,
    "below-http": below_http,
    "timeouts": timeouts,
    "measured": measured,
}


class Book:
    """The guide. A page is made when it is asked for."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._makers: dict[str, Callable[[], Page]] = {
            topic: partial(make, material) for topic, make in _OTHERS.items()
        }
        self._names: dict[str, str] = {topic: topic for topic in _OTHERS}
        for status in statuses(material):
            topic = status_topic(status)
            self._makers[topic] = partial(code_page, status, material)
            self._names[str(status)] = self._names[topic] = topic
        for errno in errnos(material):
            topic = str(errno.number)
            self._makers[topic] = partial(errno_page, errno, material)
            self._names[topic] = self._names[errno.name.lower()] = topic

    @property
    def topics(self) -> tuple[str, ...]:
        """All topics; the index comes first."""
        return tuple(self._makers)

    def page(self, topic: str) -> Page:
        """The page of a topic."""
        return self._makers[topic]()

    def find(self, said: str) -> Page:
        """The page that a person means: `502`, `111`, `ECONNREFUSED`, `errno 111`, `below http`.

        Raises:
            LabError: when there is none; the cure offers the nearest topics.
        """
        plain = "-".join(said.lower().replace("_", " ").split())
        for name in (plain, plain.removeprefix("errno-").removeprefix("http-").removeprefix("status-")):
            if name in self._names:
                return self.page(self._names[name])
        raise LabError(f"The guide has no page about {said!r}.", self._nearest(plain), code=2)

    def _nearest(self, said: str) -> str:
        names = list(self._names)
        close = difflib.get_close_matches(said, names, n=3, cutoff=0.5)
        if said.isdigit() and not close:
            numbers = sorted((name for name in names if name.isdigit()), key=lambda name: abs(int(name) - int(said)))
            close = numbers[:3]
        others = ", ".join(topic for topic, _ in OTHERS)
        return f"Did you mean {' or '.join(close)}?" if close else f"Known are status codes, errnos, and {others}."
