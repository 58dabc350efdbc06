from __future__ import annotations

import pytest

from lab.catalog.vocabulary import SET_OF_PART, Vocabulary, nearest
from lab.errors import LabError
from small_catalogue import vocabulary


@pytest.mark.parametrize("said", ["closed-port", "CLOSED_PORT", "Connection  refused", "nothing listens on the port"])
def test_a_term_is_named_by_id_title_or_alias_in_any_spelling(said: str) -> None:
    assert vocabulary().term("mechanisms", said).id == "closed-port"


def test_what_nothing_is_called_offers_the_nearest() -> None:
    with pytest.raises(LabError) as caught:
        vocabulary().term("next_steps", "profle")
    assert caught.value.code == 2
    assert (caught.value.what, caught.value.cure) == ("There is no next step called 'profle'.", "Did you mean profile?")


def test_an_id_is_never_taken_over_by_another_terms_alias() -> None:
    terms = [
        {"id": "leak", "title": "A", "says": "a", "aliases": []},
        {"id": "other", "title": "B", "says": "b", "aliases": ["leak", "A"]},
    ]
    said = {name: [] for name in ("layers", "hops", "next_steps", "patterns", "retries")}
    words = Vocabulary.model_validate({"format_version": 1, "mechanisms": terms, **said})
    assert words.term("mechanisms", "leak").id == "leak"
    assert words.term("mechanisms", "a").id == "leak"


def test_every_part_has_its_set() -> None:
    for name in SET_OF_PART.values():
        assert vocabulary().terms(name)


def test_nearest_lists_a_few_or_points_to_where_all_are() -> None:
    assert nearest("zzz", ["a", "b"]) == "Known are a, b."
    assert nearest("zzz", map(str, range(20)), see="`lab list` shows all") == "`lab list` shows all."
